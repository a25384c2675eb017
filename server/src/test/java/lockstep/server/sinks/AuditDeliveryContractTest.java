package lockstep.server.sinks;

import static lockstep.server.store.tables.Tables.AUDIT_CHAIN;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.audit.AuditFindings;
import lockstep.server.audit.Checkpoints;
import lockstep.server.audit.ExportVerification;
import lockstep.server.faults.Eventually;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events leave the database, whatever happens. */
@ContractTest
final class AuditDeliveryContractTest extends OnBothDatabases {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String UNDELIVERED =
      "The outcome is on record, but its audit event was not delivered.";
  private static final String REFUSED = "The audit log cannot be written right now.";

  @TempDir private Path folder;

  private Map<String, String> settings(String sink, boolean required) {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.resolve("data").toString());
    settings.put("LOCKSTEP_AUDIT_SINK", sink);
    settings.put("LOCKSTEP_AUDIT_SINK_REQUIRED", Boolean.toString(required));
    if (sink.startsWith("http")) {
      settings.put("LOCKSTEP_AUDIT_SINK_SECRET", HookReceiver.SECRET);
    }
    return settings;
  }

  private static long head(ServerUnderTest of, UUID id) {
    return of.database()
        .read(db -> db.fetchSingle(AUDIT_CHAIN, AUDIT_CHAIN.ORGANISATION_ID.eq(id)).getSequence());
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void aFileGetsTheWholeChainInItsOrderAndAsItCanBeVerified() throws Exception {
    Path file = folder.resolve("audit.jsonl");
    try (ServerUnderTest own = ServerUnderTest.start(backend, settings("file:" + file, true))) {
      TestOrganisation there = TestOrganisation.create(own);
      TestApp app = there.app("shop");
      there
          .owner()
          .post(app.secrets(), body(secret("CANARY_KEY", "canary-value-8417"), secret("B", "2")))
          .is(201);
      there.owner().get(app.secrets()).is(200);
      there.owner().get("/v1/audit/events/?limit=3").is(200);

      // Nothing is waited for: each answer came after its event was on disk.
      String text = Files.readString(file);
      assertThat(text.lines()).hasSize((int) head(own, there.id()));
      Findings findings = new Findings();
      boolean intact =
          new ExportVerification(
                  List.of(Checkpoints.publicKey(ServerKey.parse(ServerUnderTest.SERVER_SECRET))),
                  List.of())
              .run(new BufferedReader(new StringReader(text)), findings);
      assertThat(intact).isTrue();
      assertThat(findings.newest).isEqualTo(head(own, there.id()));
      assertThat(text).doesNotContain("canary-value-8417", "CANARY_KEY", "Bearer");
    }
  }

  private static final class Findings implements AuditFindings {
    private long newest;

    @Override
    public void problem(Problem problem) {
      throw new AssertionError(problem);
    }

    @Override
    public void chain(Chain chain) {
      newest = chain.sequence();
    }
  }

  @Test
  void anOutageOfASinkThatIsNotRequiredHoldsUpNobodyAndLosesNothing() throws Exception {
    try (HookReceiver hook = new HookReceiver()) {
      Map<String, String> settings = settings(hook.url().toString(), false);
      settings.put("LOCKSTEP_METRICS_PORT", "0");
      UUID organisationId;
      TestCaller caller;
      hook.status = 500;
      try (ServerUnderTest own = ServerUnderTest.start(backend, settings)) {
        TestOrganisation there = TestOrganisation.create(own);
        organisationId = there.id();
        caller = there.owner();
        TestApp app = there.app("shop");
        for (int i = 0; i < 20; i++) {
          caller.get(app.secrets()).is(200);
        }
        TestCaller anonymous = TestCaller.anonymous(own.uri());
        anonymous.get("/health/ready/").is(200);
        TestCaller metrics = TestCaller.anonymous(own.lockstep().metricsUri().orElseThrow());
        Eventually.within(
            LIMIT,
            "failures",
            () -> metrics.get("/metrics").text().contains("lockstep_audit_sink_up 0.0"));
        String waiting = "lockstep_audit_sink_waiting_events " + head(own, organisationId) + ".0";
        Eventually.within(
            LIMIT, "measurement", () -> metrics.get("/metrics").text().contains(waiting));
        hook.status = 204;
        Eventually.within(
            LIMIT, "delivery", () -> hook.sequences.size() >= head(own, organisationId));
        assertThat(hook.sequences).isEqualTo(upTo(head(own, organisationId)));
      }
      try (ServerUnderTest again = ServerUnderTest.on(settings)) {
        new TestCaller(again.uri(), caller.account(), caller.headers())
            .get("/v1/audit/events/")
            .is(200);
        Eventually.within(
            LIMIT, "one more", () -> hook.sequences.size() >= head(again, organisationId));
        assertThat(hook.sequences).isEqualTo(upTo(head(again, organisationId)));
      }
    }
  }

  @Test
  void withoutARequiredSinkNothingIsToldOrBegunUntilItWorksAgain() throws Exception {
    try (HookReceiver hook = new HookReceiver();
        ServerUnderTest own =
            ServerUnderTest.start(backend, settings(hook.url().toString(), true))) {
      TestOrganisation there = TestOrganisation.create(own);
      TestCaller caller = there.owner();
      TestApp app = there.app("shop");
      caller.get(app.secrets()).is(200);
      TestCaller anonymous = TestCaller.anonymous(own.uri());
      anonymous.get("/health/ready/").is(200);

      hook.status = 500;
      assertThat(
              caller
                  .post("/v1/roles/", role("committed"))
                  .isError(503, UNDELIVERED)
                  .headers()
                  .map())
          .doesNotContainKey("retry-after");
      assertThat(roles(own, "committed")).isEqualTo(1);

      caller.post("/v1/roles/", role("refused")).isError(503, REFUSED);
      assertThat(roles(own, "refused")).isZero();
      caller.get(app.secrets()).isError(503, REFUSED);
      caller.get("/v1/audit/events/").isError(503, REFUSED);
      anonymous.get("/health/ready/").isError(503, "The audit sink cannot be reached right now.");
      anonymous.get("/health/").is(200);

      hook.status = 204;
      Eventually.within(LIMIT, "recovery", () -> anonymous.get("/health/ready/").status() == 200);
      caller.get(app.secrets()).is(200);
      assertThat(hook.sequences).isEqualTo(upTo(head(own, there.id())));
    }
  }

  private static Map<String, Object> role(String name) {
    return object(
        "name", name, "permissions", Map.of("permissions", Map.of(), "app_permissions", Map.of()));
  }

  private static int roles(ServerUnderTest own, String name) {
    return own.database().read(db -> db.fetchCount(ROLE, ROLE.NAME.eq(name)));
  }

  @Test
  void aFileThatCannotBeWrittenIsAFailureOfARequiredSink() throws Exception {
    Path file = folder.resolve("audit.jsonl");
    Files.createDirectory(file);
    try (ServerUnderTest own = ServerUnderTest.start(backend, settings("file:" + file, true))) {
      TestOrganisation there = TestOrganisation.create(own);
      there.owner().post("/v1/roles/", role("a")).isError(503, UNDELIVERED);
      Files.delete(file);
      TestCaller anonymous = TestCaller.anonymous(own.uri());
      Eventually.within(LIMIT, "recovery", () -> anonymous.get("/health/ready/").status() == 200);
      there.owner().post("/v1/roles/", role("b")).is(201);
      assertThat(lines(file)).hasSize((int) head(own, there.id()));
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void ofTwoServersOneDeliversWhatBothRecordAndTheOtherTakesOver() throws Exception {
    if (backend != Backend.POSTGRES) {
      return;
    }
    try (HookReceiver hook = new HookReceiver()) {
      Map<String, String> settings = settings(hook.url().toString(), true);
      try (ServerUnderTest one = ServerUnderTest.start(backend, settings)) {
        TestOrganisation there = TestOrganisation.create(one);
        TestApp app = there.app("shop");
        TestCaller here = there.owner();
        try (ServerUnderTest other = ServerUnderTest.on(settings)) {
          TestCaller elsewhere = new TestCaller(other.uri(), here.account(), here.headers());
          for (int i = 0; i < 5; i++) {
            here.get(app.secrets()).is(200);
            elsewhere.get(app.secrets()).is(200);
          }
          assertThat(hook.sequences).isEqualTo(upTo(head(one, there.id())));

          hook.status = 500;
          here.post("/v1/roles/", role("a")).isError(503, UNDELIVERED);
          TestCaller anonymous = TestCaller.anonymous(other.uri());
          Eventually.within(
              LIMIT, "word of it", () -> anonymous.get("/health/ready/").status() == 503);
          hook.status = 204;
          Eventually.within(
              LIMIT, "recovery", () -> anonymous.get("/health/ready/").status() == 200);

          one.lockstep().close();
          elsewhere.get(app.secrets()).is(200);
          assertThat(hook.sequences.stream().distinct())
              .containsExactlyElementsOf(upTo(head(other, there.id())));
        }
      }
    }
  }
}
