package lockstep.bench;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * What this run started and has to end: in the opposite order, at the end of the run, also when it
 * fails or is interrupted. Nothing else is ever ended. Safe for use by several threads.
 */
final class Running implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 30;

  private final Deque<AutoCloseable> things = new ArrayDeque<>();
  private boolean closed;

  Running() {
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::close));
  }

  /** Starts a process that is ended with the others, if it still runs. */
  synchronized Process start(ProcessBuilder command) throws IOException {
    refuseIfClosed();
    Process process = command.start();
    things.push(() -> stop(process));
    return process;
  }

  /** Has this closed with the others. */
  synchronized <T extends AutoCloseable> T add(T thing) {
    refuseIfClosed();
    things.push(thing);
    return thing;
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new IllegalStateException("the run is ending");
    }
  }

  /** Asks the process to end, waits, and kills it only if it does not or there is no time. */
  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!things.isEmpty()) {
      try {
        things.pop().close();
      } catch (Exception e) {
        System.err.println("could not be ended: " + e);
      }
    }
  }
}
