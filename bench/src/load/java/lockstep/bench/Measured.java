package lockstep.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The medians of all rounds of one case.
 *
 * @param bodyBytes of the first answer
 * @param rates of all rounds, ascending
 * @param full latencies at full load
 * @param cpuMicros of the server, for each request
 * @param allocatedBytes for each request
 * @param peakMebibytes the most memory that the server had in RAM during the case
 * @param shares who used the processors at full load
 * @param limit the rate of nginx with the same bytes
 * @param half at half of the rate, if that was measured
 */
record Measured(
    String name,
    long bodyBytes,
    List<Double> rates,
    Latencies full,
    double cpuMicros,
    double allocatedBytes,
    double peakMebibytes,
    Shares shares,
    double limit,
    @Nullable Half half) {

  double rate() {
    return Medians.of(rates);
  }

  /**
   * Half of the rate that the case reached.
   *
   * @param limit latencies of nginx with the same bytes at the same rate, which shows what the
   *     generator and the machine add
   */
  record Half(double perSecond, Latencies latencies, Latencies limit) {}

  /**
   * Processors used, on average; of a machine with two, the sum of all is two.
   *
   * @param database of PostgreSQL; zero if the database is in the server
   */
  record Shares(double server, double database, double generator, double idle) {

    static Shares medians(List<Shares> all) {
      return new Shares(
          Medians.of(all, Shares::server),
          Medians.of(all, Shares::database),
          Medians.of(all, Shares::generator),
          Medians.of(all, Shares::idle));
    }
  }
}
