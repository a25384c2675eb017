package lockstep.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code bench/run}. */
@Command(
    name = "bench/run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measure Lockstep on this machine: a server of its own, on the loopback address, with",
      "the settings that users get. Everything that is started is ended with it.",
      "",
    })
final class Main implements Callable<Integer> {

  @Option(
      names = "--databases",
      paramLabel = "NAME",
      split = ",",
      description = "sqlite, postgresql; both if not given.")
  private List<String> databases = List.of("sqlite", "postgresql");

  @Option(
      names = "--cases",
      paramLabel = "TEXT",
      description = "Only cases with this text in their name.")
  private String cases = "";

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Length of a round (${DEFAULT-VALUE}).")
  private int duration;

  @Option(
      names = "--rounds",
      defaultValue = "5",
      description = "Rounds of each case, whose medians are shown (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--first-warm-up",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description =
          "Load on a server after its start, before anything is measured on it, with several"
              + " servers on each in turn (${DEFAULT-VALUE}).")
  private int firstWarmUp;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Load before the first round of each other case (${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(
      names = "--connections",
      defaultValue = "384",
      description =
          "To each server (${DEFAULT-VALUE}); where requests take long, of cases that write and"
              + " several servers, 128 at most.")
  private int connections;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Threads of wrk (${DEFAULT-VALUE}).")
  private int threads;

  @Option(names = "--load", description = "The cases, one by one; done if no other part is chosen.")
  private boolean loadPart;

  @Option(
      names = "--growth",
      description = "Reading while the database grows to 1 million secrets and 10 million events.")
  private boolean growth;

  @Option(
      names = "--growth-scale",
      paramLabel = "FACTOR",
      defaultValue = "1",
      description = "A part of that: 0.1 for a tenth (${DEFAULT-VALUE}).")
  private double growthScale;

  @Option(
      names = "--audit-events",
      paramLabel = "N",
      description =
          "Reading and verifying an audit log of so many events, on SQLite: 10000000 take 10 GB.")
  private int auditEvents;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      split = ",",
      description = "So many servers on one PostgreSQL: 1,2,4.")
  private List<Integer> nodes = List.of();

  @Option(
      names = "--node-cpus",
      paramLabel = "N",
      description =
          "Keep each of these servers to a share of the processors, such as 0.3, so that a machine"
              + " has room for several. Needs to be root.")
  private @Nullable Double nodeCpus;

  @Option(
      names = "--profile",
      description = "Record reading 100 secrets with JDK Flight Recorder, into bench/results/.")
  private boolean profile;

  @Option(names = "--jmh", description = "Benchmarks of parts, without a server.")
  private boolean jmh;

  @Option(names = "--no-half-load", description = "Measure at full load only.")
  private boolean noHalfLoad;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where the results go; bench/results/<date>-<commit>.md if not given.")
  private @Nullable Path output;

  @Option(names = "--update-docs", description = "Put the results into docs/performance.md, too.")
  private boolean updateDocs;

  @Option(
      names = "--work-dir",
      paramLabel = "FOLDER",
      description =
          "Where databases are made; bench/target if not given. Its disk is what is measured.")
  private @Nullable Path workDir;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT);
    // The embedded PostgreSQL tells every line of its own log.
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.ERROR);
    }
    CommandLine line = new CommandLine(new Main());
    line.setExecutionExceptionHandler(
        (failure, _, _) -> {
          System.err.println("bench/run: " + failure.getMessage());
          if (!(failure instanceof IllegalStateException)) {
            failure.printStackTrace();
          }
          return 1;
        });
    System.exit(line.execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Path home = Path.of(System.getProperty("lockstep.home", "."));
    Path results = home.resolve("bench/results");
    boolean others = growth || auditEvents > 0 || !nodes.isEmpty() || profile || jmh;
    Parts parts =
        new Parts(
            loadPart || !others,
            cases,
            !noHalfLoad,
            profile,
            nodes,
            Optional.ofNullable(nodeCpus),
            growth ? growthScale : 0);
    Load load =
        new Load(
            connections,
            threads,
            Duration.ofSeconds(firstWarmUp),
            Duration.ofSeconds(warmUp),
            Duration.ofSeconds(duration),
            rounds);
    Report report = new Report();
    Path file =
        output != null
            ? output
            : results.resolve(LocalDate.now(ZoneOffset.UTC) + "-" + Machine.commit(home) + ".md");
    try (Running running = new Running()) {
      WorkFolder work =
          running.add(WorkFolder.in(workDir == null ? home.resolve("bench/target/work") : workDir));
      report.list(Machine.describe(home, work, command()));
      if (parts.needServer()) {
        Tools tools = Tools.find();
        report.list(tools.versions());
        Nginx nginx = Nginx.start(tools.nginx(), running, work.path().resolve("nginx"));
        Wrk wrk = new Wrk(tools.wrk(), running, work.path(), load);
        Suite suite = new Suite(home, running, work, load, parts, wrk, nginx, report, results);
        for (String database : databases) {
          suite.run(TestDatabase.Kind.valueOf(database.toUpperCase(Locale.ROOT)));
        }
      }
      if (auditEvents > 0) {
        new AuditLog(running, home, work.path().resolve("audit-log"), auditEvents).run(report);
      }
      if (jmh) {
        MicroBenchmarks.run(load, report);
      }
    } catch (Exception e) { // What was measured until then may have taken an hour.
      report.paragraph("The run ended here: " + e.getMessage());
      report.writeTo(file);
      System.err.println("what was measured until then is in " + file);
      throw e;
    }
    report.writeTo(file);
    if (updateDocs) {
      report.replaceIn(home.resolve("docs/performance.md"));
    }
    System.out.println(report);
    System.err.println("\nwritten to " + file);
    return 0;
  }

  private String command() {
    List<String> words = new ArrayList<>(List.of("bench/run"));
    if (spec != null) {
      for (String word : spec.commandLine().getParseResult().originalArgs()) {
        words.add(word.contains(" ") ? "'" + word + "'" : word);
      }
    }
    return String.join(" ", words);
  }
}
