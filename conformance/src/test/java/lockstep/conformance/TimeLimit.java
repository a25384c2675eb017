package lockstep.conformance;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ends a process that takes too long, so that nobody reads from it for ever. */
final class TimeLimit implements AutoCloseable {

  private final CompletableFuture<Process> end;

  private TimeLimit(CompletableFuture<Process> end) {
    this.end = end;
  }

  /** Kills the process after this time unless this is closed before. */
  static TimeLimit of(Process process, int seconds) {
    CompletableFuture<Process> end = new CompletableFuture<>();
    var _ =
        end.completeOnTimeout(process, seconds, TimeUnit.SECONDS)
            .thenAccept(Process::destroyForcibly);
    return new TimeLimit(end);
  }

  /** A future that was cancelled does not go on to the killing. */
  @Override
  public void close() {
    end.cancel(false);
  }
}
