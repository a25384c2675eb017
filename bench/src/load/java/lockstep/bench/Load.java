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

  /**
   * Writes take a hundred times as long as reads, and more would wait longer than servers allow.
   */
  private static final int MOST_WRITING = 128;

  /** On how many connections such requests are sent. */
  int connections(List<Request> requests) {
    boolean write = requests.stream().anyMatch(request -> !request.method().equals("GET"));
    return write ? Math.min(readConnections, MOST_WRITING) : readConnections;
  }
}
