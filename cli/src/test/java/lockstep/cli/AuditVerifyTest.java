package lockstep.cli;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep audit verify} beside a server that runs. */
@ContractTest
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before the test
final class AuditVerifyTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Parameter private Backend backend;

  @TempDir private Path folder;

  private final List<String> place = new ArrayList<>();

  private CommandProcess verify(String... more) {
    List<String> arguments = new ArrayList<>(List.of("audit", "verify"));
    arguments.addAll(place);
    arguments.addAll(List.of(more));
    return CommandProcess.run(Map.of("SERVER_SECRET", ServerUnderTest.SERVER_SECRET), arguments);
  }

  @Test
  void aChainIsGoodUntilAByteOfItIsAnother() {
    KilledServer settings = new KilledServer(backend, folder);
    String url = settings.settings().get("LOCKSTEP_DATABASE_URL");
    place.addAll(
        url == null
            ? List.of("--data-dir", settings.settings().getOrDefault("LOCKSTEP_DATA_DIR", ""))
            : List.of("--database-url", url));
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings.settings())) {
      // No server ever has an organisation whose beginning is not on record.
      server.database().write(db -> db.execute("delete from organisation where name = 'nobody'"));
      TestOrganisation organisation = TestOrganisation.create(server);
      TestApp app = organisation.app("shop");
      for (int i = 0; i < 3; i++) {
        organisation
            .owner()
            .post(app.secrets(), TestApp.body(TestApp.secret("K" + i, "value")))
            .is(201);
      }

      try (CommandProcess good = verify()) {
        assertThat(good.exitCode()).as(good.errors()).isZero();
        assertThat(good.output())
            .contains("7 records, the newest is 7", "Everything is as it was recorded.");
      }

      UUID id = organisation.id();
      server
          .database()
          .write(
              db ->
                  db.update(AUDIT_EVENT)
                      .set(AUDIT_EVENT.DESCRIPTION, "Secrets creatde")
                      .where(AUDIT_EVENT.ORGANISATION_ID.eq(id))
                      .and(AUDIT_EVENT.SEQUENCE.eq(3L))
                      .execute());

      try (CommandProcess changed = verify()) {
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.output())
            .contains(id.toString(), "record 3", "(CHANGED)")
            .doesNotContain("Everything is as it was recorded.", "record 2 ", "record 4 ");
      }
      try (CommandProcess changed = verify("--json")) {
        List<JsonNode> problems =
            changed
                .output()
                .lines()
                .map(JSON::readTree)
                .filter(line -> line.has("problem"))
                .toList();
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(problems)
            .singleElement()
            .satisfies(
                line -> {
                  assertThat(line.at("/problem/organisation").asString()).isEqualTo(id.toString());
                  assertThat(line.at("/problem/sequence").asLong()).isEqualTo(3);
                  assertThat(line.at("/problem/kind").asString()).isEqualTo("CHANGED");
                });
      }
    }
  }
}
