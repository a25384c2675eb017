package lockstep.bench;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Measures cases on one server, round by round in turn with nginx. */
final class Meter implements AutoCloseable {

  private static final Duration LIMIT_WARM_UP = Duration.ofSeconds(1);

  /** Until the generator itself is compiled, answers seem late that it takes late. */
  private static final Duration STEADY_WARM_UP = Duration.ofSeconds(20);

  private final Load load;
  private final boolean halfLoad;
  private final Wrk wrk;
  private final Nginx nginx;
  private final LockstepServer server;
  private final Api api;
  private final OptionalLong database;
  private final Allocations allocations;
  private boolean isWarm;
  private boolean isGeneratorWarm;

  /**
   * @param database the first process of PostgreSQL, if it is known
   */
  Meter(
      Load load,
      boolean halfLoad,
      Wrk wrk,
      Nginx nginx,
      LockstepServer server,
      OptionalLong database)
      throws IOException {
    this.load = load;
    this.halfLoad = halfLoad;
    this.wrk = wrk;
    this.nginx = nginx;
    this.server = server;
    this.database = database;
    this.api = new Api(server.address(), "");
    this.allocations = Allocations.of(server.pid());
  }

  Measured measure(Case one) throws Exception {
    System.err.printf("  %s%n", one.name());
    List<Request> requests = one.requests();
    HttpResponse<byte[]> answer = api.send(requests.getFirst());
    if (answer.statusCode() != one.status()) {
      throw new IllegalStateException(one.name() + ": answered with " + answer.statusCode());
    }
    byte[] body = answer.body();
    List<Request> limitRequests = List.of(nginx.serve(body));
    int connections = load.connections(requests);
    wrk.run(server.address(), requests, connections, isWarm ? load.warmUp() : load.firstWarmUp())
        .accepted(one.name());
    isWarm = true;
    wrk.run(nginx.address(), limitRequests, connections, LIMIT_WARM_UP).accepted("nginx");

    List<Round> rounds = new ArrayList<>();
    List<Usage> usages = new ArrayList<>();
    List<Double> limits = new ArrayList<>();
    Processes.forgetPeak(server.pid());
    for (int i = 0; i < load.rounds(); i++) {
      Usage before = now();
      rounds.add(
          wrk.run(server.address(), requests, connections, load.round()).checked(one.name()));
      usages.add(now().since(before));
      limits.add(
          wrk.run(nginx.address(), limitRequests, connections, load.round())
              .checked("nginx")
              .perSecond());
    }
    double peak = Processes.peakResidentMebibytes(server.pid());
    List<Double> rates = rounds.stream().map(Round::perSecond).sorted().toList();
    List<Double> cpu = new ArrayList<>();
    List<Double> allocated = new ArrayList<>();
    for (int i = 0; i < rounds.size(); i++) {
      double requestsOfRound = rounds.get(i).requests();
      cpu.add(usages.get(i).server() * 1e6 / requestsOfRound);
      allocated.add(usages.get(i).allocated() / requestsOfRound);
    }
    Measured.Half half =
        halfLoad ? half(Medians.of(rates) / 2, requests, limitRequests, connections) : null;
    return new Measured(
        one.name(),
        body.length,
        rates,
        Medians.latencies(rounds),
        Medians.of(cpu),
        Medians.of(allocated),
        peak,
        Measured.Shares.medians(usages.stream().map(Usage::shares).toList()),
        Medians.of(limits),
        half);
  }

  private Measured.Half half(
      double perSecond, List<Request> requests, List<Request> limitRequests, int connections)
      throws IOException, InterruptedException {
    if (!isGeneratorWarm) {
      SteadyLoad.run(server.address(), requests, perSecond, connections, STEADY_WARM_UP);
      isGeneratorWarm = true;
    }
    List<Round> rounds = new ArrayList<>();
    List<Round> limits = new ArrayList<>();
    for (int i = 0; i < load.rounds(); i++) {
      rounds.add(SteadyLoad.run(server.address(), requests, perSecond, connections, load.round()));
      limits.add(
          SteadyLoad.run(nginx.address(), limitRequests, perSecond, connections, load.round()));
    }
    return new Measured.Half(perSecond, Medians.latencies(rounds), Medians.latencies(limits));
  }

  private Usage now() throws IOException {
    return Usage.now(List.of(server.pid()), database, allocations.bytes());
  }

  @Override
  public void close() throws IOException {
    allocations.close();
    api.close();
  }
}
