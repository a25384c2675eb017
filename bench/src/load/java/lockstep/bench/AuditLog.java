package lockstep.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.crypto.ServerKey;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.NetworkPolicies;
import lockstep.server.access.Origin;
import lockstep.server.access.Plan;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.Checkpoints;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import tools.jackson.databind.JsonNode;

/**
 * Reading and verifying a long audit log, on SQLite. The events are appended by the server's own
 * code, in large transactions and while no server runs, so that they form a chain that is intact;
 * all are of one organisation. Of a hundred events, eighty-five are reads, of 50 accounts in 20
 * environments; one account is in the oldest thousandth only.
 */
final class AuditLog {

  private static final int EVENTS_PER_TRANSACTION = 5_000;
  private static final int ACCOUNTS = 50;
  private static final int ENVIRONMENTS = 20;
  private static final int RESOURCES = 1_000;
  private static final int RARE = 1_000;
  private static final int WARM_UPS = 5;
  private static final int REQUESTS = 40;
  private static final List<AuditAction> CHANGES =
      List.of(AuditAction.CREATE, AuditAction.UPDATE, AuditAction.DELETE);

  private final Running running;
  private final Path home;
  private final Path folder;
  private final int count;
  private final Instant first;

  /**
   * @param folder for everything
   * @param count of the events
   */
  AuditLog(Running running, Path home, Path folder, int count) {
    this.running = running;
    this.home = home;
    this.folder = folder;
    this.count = count;
    this.first = Instant.now().truncatedTo(ChronoUnit.MILLIS).minusMillis(count);
  }

  void run(Report report) throws Exception {
    String token;
    try (LockstepServer server = start()) {
      token = server.bootstrap().path("bearerToken").asString();
    }
    long begin = System.nanoTime();
    append();
    double seconds = seconds(begin);
    report.heading("SQLite: %,d audit events".formatted(count));
    report.paragraph(
        "Appended to a chain in %,.0f seconds; the database has %,.1f GiB."
            .formatted(seconds, bytes() / (double) (1 << 30)));
    try (LockstepServer server = start();
        Api api = new Api(server.address(), token)) {
      List<List<String>> rows = new ArrayList<>();
      for (Map.Entry<String, String> request : requests(api).entrySet()) {
        rows.add(measured(api, request));
      }
      report.table(List.of("request", "events", "median ms", "slowest ms"), rows);
    }
    report.paragraph(
        "%d requests one after the other, after %d that do not count."
            .formatted(REQUESTS, WARM_UPS));
    begin = System.nanoTime();
    verify();
    seconds = seconds(begin);
    report.paragraph(
        "`lockstep audit verify`: %,.0f seconds, %,.0f records/s, the start of the command included."
            .formatted(seconds, count / seconds));
  }

  private LockstepServer start() throws Exception {
    return LockstepServer.start(running, home, folder, Map.of());
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private long bytes() throws Exception {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private void append() throws Exception {
    OrganisationId organisation = new OrganisationId(organisation());
    Path data = folder.resolve("data");
    ServerKeys keys =
        ServerKeys.of(ServerKey.parse(Files.readString(data.resolve("server.key")).strip()));
    Progress progress = new Progress(first);
    Random random = new Random(1);
    try (Database database = Databases.embedded(data)) {
      Audit audit = new Audit(database, new Checkpoints(keys), progress);
      for (int done = 0; done < count; done += EVENTS_PER_TRANSACTION) {
        int from = done;
        int to = Math.min(count, done + EVENTS_PER_TRANSACTION);
        database.writeLong(
            db -> {
              for (int i = from; i < to; i++) {
                progress.now = first.plusMillis(i);
                audit.record(db, caller(organisation, random, i), event(random));
              }
              return to;
            });
      }
    }
  }

  private UUID organisation() throws SQLException {
    try (Connection connection = TestDatabase.sqlite(folder).connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT id FROM organisation")) {
      result.next();
      return UUID.fromString(result.getString(1));
    }
  }

  /** Passes as events are made, not as time does. */
  private static final class Progress extends Clock {

    private Instant now;

    private Progress(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static UUID account(int number) {
    return new UUID(0xacc0_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
  }

  private static UUID environment(int number) {
    return new UUID(0xe0f0_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
  }

  private static UUID resource(int number) {
    return new UUID(0x5ec0_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
  }

  private Caller caller(OrganisationId organisation, Random random, int number) {
    int account =
        number < count / RARE && random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(ACCOUNTS);
    return new Caller(
        organisation,
        Plan.FREE,
        new AccountId(account(account)),
        AccountKind.SERVICE_ACCOUNT,
        "service-" + account,
        new TokenId(account(account)),
        DefaultRole.SERVICE.permissions(),
        false,
        new NetworkPolicies(List.of(), List.of()),
        AccessRevision.UNKNOWN,
        new Origin(Optional.empty(), "bench", "request-" + number));
  }

  private static AuditEvent event(Random random) {
    EnvironmentId environment = new EnvironmentId(environment(random.nextInt(ENVIRONMENTS)));
    UUID secret = resource(random.nextInt(RESOURCES));
    Map<String, ?> details =
        Map.of("secrets", List.of(Map.of("id", secret.toString(), "version", 1)));
    return random.nextInt(100) < 85
        ? new AuditEvent(
            AuditAction.READ,
            AuditedResource.SECRET,
            Optional.empty(),
            Optional.of(environment),
            "Secrets read",
            details)
        : new AuditEvent(
            CHANGES.get(random.nextInt(CHANGES.size())),
            AuditedResource.SECRET,
            Optional.of(secret),
            Optional.of(environment),
            "Secrets changed",
            details);
  }

  /** Addresses by what they are called in the report. */
  private Map<String, String> requests(Api api) throws Exception {
    String list = "/v1/audit/events/?limit=100";
    Instant middle = first.plusMillis(count / 2);
    String before = list + "&to=" + middle;
    String minute = list + "&from=" + middle + "&to=" + middle.plus(Duration.ofMinutes(1));
    String cursor = api.get(before).path("nextCursor").asString();
    List<Map.Entry<String, String>> all = new ArrayList<>();
    all.add(Map.entry("the newest", list));
    all.add(Map.entry("a page from the middle, by its cursor", list + "&cursor=" + cursor));
    all.add(Map.entry("of a minute", minute));
    all.add(Map.entry("of an account", list + "&account_id=" + account(7)));
    all.add(Map.entry("of an account, in the middle", before + "&account_id=" + account(7)));
    all.add(
        Map.entry(
            "of an account that was there at first only", list + "&account_id=" + account(0)));
    all.add(
        Map.entry("of an account that never was", list + "&account_id=" + account(ACCOUNTS + 9)));
    all.add(Map.entry("of an environment", list + "&environment_id=" + environment(3)));
    all.add(Map.entry("of a secret", list + "&resource_id=" + resource(5)));
    all.add(Map.entry("deletions", list + "&action=delete"));
    all.add(Map.entry("reads", list + "&action=read"));
    all.add(
        Map.entry(
            "deletions of an account in an environment",
            list
                + "&action=delete&account_id="
                + account(7)
                + "&environment_id="
                + environment(3)));
    all.add(
        Map.entry(
            "reads of an account in an environment where it reads nothing",
            list + "&action=read&account_id=" + account(7) + "&environment_id=" + environment(99)));
    all.add(Map.entry("of teams", list + "&resource_type=team"));
    all.add(
        Map.entry(
            "1,000 of the chain, from the middle",
            "/v1/audit/chain/?limit=1000&cursor=" + count / 2));
    Map<String, String> ordered = new LinkedHashMap<>();
    all.forEach(one -> ordered.put(one.getKey(), one.getValue()));
    return ordered;
  }

  private static List<String> measured(Api api, Map.Entry<String, String> request)
      throws Exception {
    List<Double> millis = new ArrayList<>();
    int events = 0;
    for (int i = 0; i < WARM_UPS + REQUESTS; i++) {
      long begin = System.nanoTime();
      JsonNode answer = api.get(request.getValue());
      if (i >= WARM_UPS) {
        millis.add(seconds(begin) * 1_000);
      }
      events = answer.path("data").size();
    }
    double slowest = millis.stream().mapToDouble(Double::doubleValue).max().orElse(0);
    return List.of(
        request.getKey(),
        Report.whole(events),
        Report.millis(Medians.of(millis)),
        Report.millis(slowest));
  }

  private void verify() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            home.resolve("lockstep").toString(),
            "audit",
            "verify",
            "--data-dir",
            folder.resolve("data").toString());
    LockstepServer.clean(builder.environment());
    Path log = folder.resolve("verify.log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    if (running.start(builder).waitFor() != 0) {
      throw new IllegalStateException("the chain is not intact: " + Files.readString(log));
    }
  }
}
