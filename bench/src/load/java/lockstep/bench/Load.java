package lockstep.bench;

import java.time.Duration;
import java.util.List;

/**
 * How each case is driven.
 *
 * @param readConnections of cases that read
 * @param firstWarmUp load on a server after its start, before anything is measured on it
 * @param warmUp load before each other case
 */
record Load(
    int readConnections,
    int threads,
    Duration firstWarmUp,
    Duration warmUp,
    Duration round,
    int rounds) {

  /** For what takes long: on more connections, requests would wait longer than servers allow. */
  private static final int FEW = 128;

  /** On how many connections such requests are sent. */
  int connections(List<Request> requests) {
    boolean write = requests.stream().anyMatch(request -> !request.method().equals("GET"));
    return write ? fewConnections() : readConnections;
  }

  /** On how many connections to send what takes long. */
  int fewConnections() {
    return Math.min(readConnections, FEW);
  }
}
