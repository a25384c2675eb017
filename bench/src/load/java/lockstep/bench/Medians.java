package lockstep.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Medians, which one bad round does not move. */
final class Medians {

  private Medians() {}

  static double of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  static <T> double of(List<T> things, ToDoubleFunction<T> value) {
    return of(things.stream().map(value::applyAsDouble).toList());
  }

  static Latencies latencies(List<Round> rounds) {
    return new Latencies(
        of(rounds, round -> round.latencies().median()),
        of(rounds, round -> round.latencies().p99()),
        of(rounds, round -> round.latencies().p999()),
        of(rounds, round -> round.latencies().max()));
  }
}
