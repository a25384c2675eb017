package lockstep.cli.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program and, when its variables change, ends it and runs it anew.
 *
 * <p>Signals go to the program, which decides what they mean; when it ends of itself, so does the
 * supervisor, with its exit code. While the variables cannot be read, it goes on with those it has.
 *
 * <p>While one program is ended and the next not started yet, a signal that asks to end means that
 * there shall be no next one. Other signals go to the program that is being ended as long as it is
 * there; the next one begins anew and has no need of them.
 */
final class Supervisor {

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int INTERRUPT = 2;
  private static final int KILL = 9;
  private static final int TERMINATE = 15;

  /** Those that ask to end: SIGHUP, SIGINT and SIGTERM. */
  private static final Set<Integer> ENDING = Set.of(1, INTERRUPT, TERMINATE);

  private final List<String> command;
  private final boolean isTerminal;
  private final Consumer<String> notices;
  private final Child.Starter starter = new Child.Starter();

  // Guarded by this: a signal meets either a program or the time between two.
  private @Nullable Child child;
  private boolean isBetween = true;
  private int endedBy;

  /**
   * @param isTerminal whether somebody types: the terminal then sends interrupts to the program too
   * @param notices where to say what happens
   */
  Supervisor(List<String> command, boolean isTerminal, Consumer<String> notices) {
    this.command = command;
    this.isTerminal = isTerminal;
    this.notices = notices;
  }

  /**
   * Runs until the program ends.
   *
   * @param interval how often to read the variables; never if empty
   * @return its exit code, 128 and the number of the signal if one ended it
   */
  int run(Variables first, Optional<Duration> interval, Supplier<Variables> reader)
      throws InterruptedException {
    List<byte[]> arguments = CommandBytes.of(command);
    Signals.handle(this::forward);
    Variables variables = first;
    Optional<Integer> lastCode = Optional.empty();
    while (true) {
      Optional<Child> started = start(arguments, variables);
      if (started.isEmpty()) {
        return lastCode.orElse(128 + endedBy());
      }
      Child running = started.get();
      Optional<Variables> changed =
          interval.isEmpty()
              ? Optional.empty()
              : awaitChange(running, variables, interval.get(), reader);
      if (changed.isEmpty()) {
        return running.waitFor();
      }
      notices.accept("secrets changed; starting the program anew");
      lastCode = Optional.of(stop(running));
      variables = changed.get();
    }
  }

  /** Empty if somebody wants an end. */
  private synchronized Optional<Child> start(List<byte[]> arguments, Variables variables) {
    if (endedBy != 0) {
      return Optional.empty();
    }
    Child started = starter.start(arguments, variables.asMap());
    child = started;
    isBetween = false;
    return Optional.of(started);
  }

  private synchronized int endedBy() {
    return endedBy;
  }

  /** Empty as soon as the program has ended. */
  private Optional<Variables> awaitChange(
      Child running, Variables present, Duration interval, Supplier<Variables> reader)
      throws InterruptedException {
    String lastProblem = "";
    while (!running.waitFor(interval)) {
      CompletableFuture<Variables> reading = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> read(reader, reading));
      CompletableFuture.anyOf(reading.handle((a, b) -> true), running.onExit()).join();
      if (!running.isAlive()) {
        return Optional.empty();
      }
      if (reading.isCompletedExceptionally()) {
        String problem = String.valueOf(reading.exceptionNow().getMessage());
        if (!problem.equals(lastProblem)) {
          notices.accept("the program goes on with the secrets it has: " + problem);
        }
        lastProblem = problem;
      } else if (!reading.join().equals(present)) {
        return Optional.of(reading.join());
      } else {
        lastProblem = "";
      }
    }
    return Optional.empty();
  }

  /** Whatever goes wrong is told: a reading that never came to an end would end the watching. */
  private static void read(Supplier<Variables> reader, CompletableFuture<Variables> into) {
    try {
      into.complete(reader.get());
    } catch (Throwable e) {
      into.completeExceptionally(e);
    }
  }

  private int stop(Child running) throws InterruptedException {
    synchronized (this) {
      isBetween = true;
    }
    running.signal(TERMINATE);
    if (!running.waitFor(GRACE)) {
      running.signal(KILL);
    }
    return running.waitFor();
  }

  /** What is done with a signal that this process gets. */
  synchronized void forward(int signal) {
    if (isBetween && ENDING.contains(signal)) {
      endedBy = signal;
    }
    if (child != null && !(signal == INTERRUPT && isTerminal)) {
      child.signal(signal);
    }
  }
}
