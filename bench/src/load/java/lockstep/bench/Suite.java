package lockstep.bench;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Everything that is measured on one kind of database after another. */
final class Suite {

  private static final int STARTS = 5;
  private static final int IDLE_SECONDS = 12;

  private final Path home;
  private final Running running;
  private final WorkFolder work;
  private final Load load;
  private final Parts parts;
  private final Wrk wrk;
  private final Nginx nginx;
  private final Report report;
  private final Path recordings;

  /**
   * @param recordings folder for recordings of profiles
   */
  Suite(
      Path home,
      Running running,
      WorkFolder work,
      Load load,
      Parts parts,
      Wrk wrk,
      Nginx nginx,
      Report report,
      Path recordings) {
    this.home = home;
    this.running = running;
    this.work = work;
    this.load = load;
    this.parts = parts;
    this.wrk = wrk;
    this.nginx = nginx;
    this.report = report;
    this.recordings = recordings;
  }

  void run(TestDatabase.Kind kind) throws Exception {
    Path folder = work.path().resolve(kind.title());
    TestDatabase database =
        switch (kind) {
          case SQLITE -> TestDatabase.sqlite(folder);
          case POSTGRESQL ->
              TestDatabase.postgres(running, work.path().resolve("postgres"), serverKey());
        };
    report.heading(kind.title());
    report.paragraph(database.description() + ".");
    System.err.println(database.description());

    Contents contents;
    try (LockstepServer first = start(folder, database)) {
      contents = Contents.create(running, home, first);
    }
    if (parts.load()) {
      starts(folder, database);
      cases(folder, database, contents);
    }
    if (parts.profile()) {
      profile(folder, database, contents);
    }
    if (!parts.nodes().isEmpty() && kind == TestDatabase.Kind.POSTGRESQL) {
      nodes(folder, database, contents);
    }
    if (parts.growth() > 0) {
      growth(folder, database, contents);
    }
  }

  private void starts(Path folder, TestDatabase database) throws Exception {
    List<Double> millis = new ArrayList<>();
    List<Double> idle = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      try (LockstepServer server = start(folder, database)) {
        millis.add(server.startTime().toNanos() / 1e6);
        if (i == STARTS - 1) {
          TimeUnit.SECONDS.sleep(IDLE_SECONDS);
          idle.add(Processes.residentMebibytes(server.pid()));
        }
      }
    }
    report.paragraph(
        "From the start to the first answer: %s ms (median of %d). Memory of the idle server: %s MiB."
            .formatted(Report.whole(Medians.of(millis)), STARTS, Report.whole(Medians.of(idle))));
  }

  private void cases(Path folder, TestDatabase database, Contents contents) throws Exception {
    try (LockstepServer server = start(folder, database);
        Meter meter = meter(server, database, parts.halfLoad())) {
      List<Measured> measured = new ArrayList<>();
      for (Case one : contents.cases()) {
        if (one.name().contains(parts.cases())) {
          measured.add(meter.measure(one));
        }
      }
      report.cases(measured);
    }
  }

  private void profile(Path folder, TestDatabase database, Contents contents) throws Exception {
    System.err.println("  profile");
    Path file = recordings.resolve(database.kind().name().toLowerCase(Locale.ROOT) + ".jfr");
    try (LockstepServer server = start(folder, database)) {
      report.heading(database.kind().title() + ": profile of reading 100 secrets");
      Profile.record(server, contents.hundred(), wrk, load, work, file)
          .forEach((_, view) -> report.code(view));
    }
  }

  private void nodes(Path folder, TestDatabase database, Contents contents) throws Exception {
    Nodes nodes = new Nodes(load, wrk, parts.nodeCpus());
    report.heading("Several servers on one PostgreSQL: reading 100 secrets");
    List<Nodes.Row> rows = new ArrayList<>();
    for (int count : parts.nodes()) {
      rows.add(
          nodes.measure(
              count,
              contents.hundred(),
              database,
              number -> start(folder.resolve("node-" + number), database)));
    }
    report.nodes(rows, parts.nodeCpus());
  }

  private void growth(Path folder, TestDatabase database, Contents contents) throws Exception {
    Growth growth = new Growth(database, parts.growth());
    report.heading(database.kind().title() + ": as the database grows");
    List<Report.Grown> rows = new ArrayList<>();
    Growth.Pattern pattern;
    Case large;
    try (LockstepServer server = start(folder, database)) {
      rows.add(read("a small database", server, database, contents.hundred()));
      try (Api api = contents.api(server)) {
        pattern = growth.pattern(api, contents);
        large = contents.large(api);
      }
      rows.add(read("the same, reading " + large.name() + " instead", server, database, large));
    }
    rows.add(grown(growth.growSecrets(pattern), folder, database, contents));
    rows.add(grown(growth.growAccounts(pattern), folder, database, contents));
    rows.add(grown(growth.growEvents(), folder, database, contents));
    report.growth(rows);
  }

  private Report.Grown grown(String what, Path folder, TestDatabase database, Contents contents)
      throws Exception {
    try (LockstepServer server = start(folder, database)) {
      return read(what, server, database, contents.hundred());
    }
  }

  private Report.Grown read(String what, LockstepServer server, TestDatabase database, Case one)
      throws Exception {
    System.err.println("  " + what);
    try (Meter meter = meter(server, database, false)) {
      return new Report.Grown(what, server.startTime().toNanos() / 1e6, meter.measure(one));
    }
  }

  private Meter meter(LockstepServer server, TestDatabase database, boolean halfLoad)
      throws Exception {
    return new Meter(load, halfLoad, wrk, nginx, server, database.process());
  }

  private LockstepServer start(Path folder, TestDatabase database) throws Exception {
    return LockstepServer.start(running, home, folder, database.settings());
  }

  private static String serverKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }
}
