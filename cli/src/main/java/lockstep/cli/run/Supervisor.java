package lockstep.cli.run;

import java.io.IOException;
import java.nio.charset.CharsetEncoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lockstep.cli.api.CommandException;
import lockstep.client.LockstepException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a program and, when its variables change, ends it and runs it anew.
 *
 * <p>Signals go to the program, which decides what they mean; when it ends of itself, so does the
 * supervisor, with its exit code. While the variables cannot be read, it goes on with those it has.
 */
final class Supervisor {

  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int INTERRUPT = 2;

  private final List<String> command;
  private final boolean isTerminal;
  private final Consumer<String> notices;
  private final Kill kill = new Kill();

  private volatile @Nullable Process child;
  private volatile boolean isStopping;

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
    Signals.handle(this::forward);
    Variables variables = first;
    while (true) {
      Process process = start(variables);
      Optional<Variables> changed =
          interval.isEmpty()
              ? Optional.empty()
              : awaitChange(process, variables, interval.get(), reader);
      if (changed.isEmpty()) {
        return process.waitFor();
      }
      notices.accept("secrets changed; starting the program anew");
      int code = stop(process);
      if (isStopping) {
        return code;
      }
      variables = changed.get();
    }
  }

  private Process start(Variables variables) {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().putAll(encodable(variables.asMap()));
    try {
      Process process = builder.start();
      child = process;
      return process;
    } catch (IOException e) {
      boolean isMissing = String.valueOf(e.getMessage()).contains("error=2,");
      throw Exec.failure(command.getFirst(), isMissing ? 2 : 0);
    }
  }

  /** The JDK writes variables in the encoding of the locale, with ? for what it does not have. */
  private static Map<String, String> encodable(Map<String, String> values) {
    CharsetEncoder encoder = Exec.ofArguments().newEncoder();
    values.forEach(
        (name, value) -> {
          if (!encoder.canEncode(value)) {
            throw new CommandException(
                "the value of "
                    + name
                    + " has characters that this locale lacks; set LC_ALL=C.UTF-8");
          }
        });
    return values;
  }

  /** Empty as soon as the program has ended. */
  private Optional<Variables> awaitChange(
      Process process, Variables present, Duration interval, Supplier<Variables> reader)
      throws InterruptedException {
    String lastProblem = "";
    while (!process.waitFor(interval.toMillis(), TimeUnit.MILLISECONDS)) {
      CompletableFuture<Variables> reading = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> read(reader, reading));
      CompletableFuture.anyOf(reading.handle((a, b) -> true), process.onExit()).join();
      if (!process.isAlive() || isStopping) {
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

  private static void read(Supplier<Variables> reader, CompletableFuture<Variables> into) {
    try {
      into.complete(reader.get());
    } catch (LockstepException | CommandException e) {
      into.completeExceptionally(e);
    }
  }

  private static int stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
    return process.waitFor();
  }

  private void forward(int signal) {
    isStopping = true;
    Process process = child;
    if (process != null && process.isAlive() && !(signal == INTERRUPT && isTerminal)) {
      kill.send(process.pid(), signal);
    }
  }
}
