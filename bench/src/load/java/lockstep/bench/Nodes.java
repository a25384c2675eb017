package lockstep.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Several servers on one database, on one machine, with a generator for each, and nothing between:
 * each has as many connections as a single one, because who needs more servers has more clients;
 * few ones, as servers that share a machine are slow.
 *
 * @param load how much
 * @param wrk the generator
 * @param cpus the share of the processors that each server may use, once it is warm; empty if all
 */
record Nodes(Load load, Wrk wrk, Optional<Double> cpus) {

  /**
   * What was seen with some servers.
   *
   * @param rate of all together
   * @param p99 of the slowest, in milliseconds
   */
  record Row(int servers, double rate, double p99, Measured.Shares shares) {}

  /** Starts servers. */
  interface Starter {
    LockstepServer start(int number) throws Exception;
  }

  /** Measures with so many servers, and ends them. */
  Row measure(int count, Case one, TestDatabase database, Starter starter) throws Exception {
    System.err.printf("  %d servers%n", count);
    List<LockstepServer> servers = new ArrayList<>();
    List<CpuQuota> quotas = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        servers.add(starter.start(i));
      }
      List<String> addresses = servers.stream().map(LockstepServer::address).toList();
      // One after the other, so that each has had as much as a single one.
      for (String address : addresses) {
        wrk.run(address, one.requests(), load.fewConnections(), load.firstWarmUp())
            .accepted("warm-up");
      }
      for (Round round : wrk.run(addresses, one.requests(), load.fewConnections(), load.warmUp())) {
        round.accepted("warm-up");
      }
      if (cpus.isPresent()) {
        for (LockstepServer server : servers) {
          quotas.add(CpuQuota.of(server.pid(), cpus.get()));
        }
      }
      List<Double> rates = new ArrayList<>();
      List<Double> slowest = new ArrayList<>();
      List<Measured.Shares> shares = new ArrayList<>();
      for (int i = 0; i < load.rounds(); i++) {
        Usage before = usage(servers, database);
        List<Round> rounds =
            wrk.run(addresses, one.requests(), load.fewConnections(), load.round());
        shares.add(usage(servers, database).since(before).shares());
        rates.add(
            rounds.stream().mapToDouble(round -> round.checked("a server").perSecond()).sum());
        slowest.add(
            rounds.stream().mapToDouble(round -> round.latencies().p99()).max().orElseThrow());
      }
      return new Row(
          count, Medians.of(rates), Medians.of(slowest), Measured.Shares.medians(shares));
    } finally {
      try {
        for (CpuQuota quota : quotas) {
          quota.close();
        }
      } finally {
        servers.forEach(LockstepServer::close);
      }
    }
  }

  private static Usage usage(List<LockstepServer> servers, TestDatabase database) {
    return Usage.now(servers.stream().map(LockstepServer::pid).toList(), database.process(), 0);
  }
}
