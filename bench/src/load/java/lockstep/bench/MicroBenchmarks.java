package lockstep.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the benchmarks of {@code lockstep.bench.jmh}, each in JVMs of its own. */
final class MicroBenchmarks {

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private MicroBenchmarks() {}

  /**
   * @param load its round is one iteration of JMH, its rounds are the iterations of a JVM
   */
  static void run(Load load, Report report) throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^lockstep\\.bench\\.jmh\\.")
                    .jvmArgsAppend("-XX:+UseSerialGC")
                    .addProfiler(GCProfiler.class)
                    .forks(2)
                    .warmupIterations(load.rounds())
                    .warmupTime(TimeValue.seconds(Math.max(1, load.round().toSeconds() / 5)))
                    .measurementIterations(load.rounds())
                    .measurementTime(TimeValue.seconds(Math.max(1, load.round().toSeconds() / 5)))
                    .shouldFailOnError(true)
                    .build())
            .run();
    report.heading("Parts, measured with JMH");
    List<List<String>> rows = new ArrayList<>();
    for (RunResult result : results) {
      Result<?> time = result.getPrimaryResult();
      Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
      String name = result.getParams().getBenchmark();
      rows.add(
          List.of(
              name.substring("lockstep.bench.jmh.".length()),
              Report.tenths(time.getScore()) + " ± " + Report.tenths(time.getScoreError()),
              allocated == null ? "" : Report.tenths(allocated.getScore() / 1024)));
    }
    report.table(List.of("benchmark", "µs", "allocated KiB"), rows);
  }
}
