package lockstep.bench;

import java.util.List;
import java.util.OptionalLong;

/** Processor time and allocations of all who take part, at one moment. */
record Usage(
    long nanos, double server, double database, double generator, double idle, long allocated) {

  /**
   * @param database the first process of PostgreSQL, if it is known
   * @param allocated what all servers have allocated, in bytes
   */
  static Usage now(List<Long> servers, OptionalLong database, long allocated) {
    long self = ProcessHandle.current().pid();
    return new Usage(
        System.nanoTime(),
        servers.stream().mapToDouble(Processes::cpuSeconds).sum(),
        database.isPresent() ? Processes.cpuSecondsOfTree(database.getAsLong()) : 0,
        Processes.cpuSeconds(self) + Processes.cpuSecondsOfEndedChildren(self),
        Processes.idleSeconds(),
        allocated);
  }

  /** What was used between the other moment and this one. */
  Usage since(Usage begin) {
    return new Usage(
        nanos - begin.nanos,
        server - begin.server,
        database - begin.database,
        generator - begin.generator,
        idle - begin.idle,
        allocated - begin.allocated);
  }

  Measured.Shares shares() {
    double seconds = nanos / 1e9;
    return new Measured.Shares(
        server / seconds, database / seconds, generator / seconds, idle / seconds);
  }
}
