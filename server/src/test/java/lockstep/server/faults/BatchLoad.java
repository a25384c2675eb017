package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import lockstep.server.faults.Ledger.Problem;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;

/**
 * Sixteen writers of batches, each in a folder of its own, spread over the environments of an app.
 */
public final class BatchLoad {

  private static final int WRITERS = 16;
  private static final long PATIENCE_SECONDS = 120;

  /** Between a failure and the next request, as clients wait. */
  private static final Duration MOMENT = Duration.ofMillis(100);

  private final List<BatchWriter> writers;
  private final AuditTrail trail = new AuditTrail();

  /** Nobody else may write secrets in the organisation of this app. */
  public BatchLoad(TestApp app, long seed) {
    List<String> environments = List.copyOf(app.environments().keySet());
    this.writers =
        IntStream.range(0, WRITERS)
            .mapToObj(
                writer ->
                    new BatchWriter(
                        "/w" + writer,
                        app.secrets(environments.get(writer % environments.size())),
                        seed * WRITERS + writer))
            .toList();
  }

  /** Leaves out what was changed so far, by others. */
  void beginAfterOthers(TestCaller caller) {
    trail.begin(caller);
  }

  /** All begin to write, each until a request of its own is not acknowledged. */
  public Running startUntilFailure(TestCaller caller) {
    return new Running(() -> caller, false);
  }

  /**
   * All begin to write. Who gets no acknowledgement waits for a moment, looks what became of the
   * change, and goes on.
   *
   * @param caller asked before each request
   */
  public Running start(Supplier<TestCaller> caller) {
    return new Running(caller, true);
  }

  /**
   * Compares what is stored with what was acknowledged, and with what is on record. Nobody may be
   * writing.
   *
   * @return what must not be, in words
   */
  public List<String> problems(TestCaller caller) {
    List<Problem> problems = new ArrayList<>();
    for (List<Problem> one :
        inParallel(writer -> writer.check(caller).orElseThrow(AssertionError::new))) {
      problems.addAll(one);
    }
    trail.follow(caller);
    Set<String> reads = new HashSet<>();
    writers.forEach(writer -> reads.addAll(writer.reads()));
    problems.addAll(trail.compare(changes(), happened(), reads));
    return problems.stream().map(Problem::text).toList();
  }

  private Set<String> changes() {
    Set<String> changes = new HashSet<>();
    writers.forEach(writer -> changes.addAll(writer.changes()));
    return changes;
  }

  /** How many changes were acknowledged. */
  public long acknowledged() {
    return changes().size();
  }

  /** How many changes happened without an acknowledgement, as far as was looked. */
  public long happened() {
    return writers.stream().mapToLong(BatchWriter::happened).sum();
  }

  private <T> List<T> inParallel(Function<BatchWriter, T> action) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running =
          writers.stream().map(writer -> threads.submit(() -> action.apply(writer))).toList();
      return running.stream().map(BatchLoad::outcome).toList();
    }
  }

  private static <T> T outcome(Future<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("a writer failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (TimeoutException e) {
      throw new AssertionError("a writer does not end", e);
    }
  }

  /** Writers at work; closing waits for their end. */
  public final class Running implements AutoCloseable {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore acknowledgements = new Semaphore(0);
    private final ConcurrentLinkedQueue<Outcome> failures = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Problem> problems = new ConcurrentLinkedQueue<>();
    private final List<Future<Boolean>> ends;
    private volatile boolean stopping;

    private Running(Supplier<TestCaller> caller, boolean goesOn) {
      this.ends =
          writers.stream()
              .map(
                  writer ->
                      threads.<Boolean>submit(
                          () -> {
                            write(writer, caller, goesOn);
                            return true;
                          }))
              .toList();
    }

    private void write(BatchWriter writer, Supplier<TestCaller> caller, boolean goesOn) {
      while (!stopping) {
        Outcome outcome = writer.act(caller.get());
        if (outcome.isAcknowledged()) {
          acknowledgements.release();
        } else {
          failures.add(outcome);
          if (!goesOn) {
            return;
          }
          lookWhatBecameOfIt(writer, caller);
        }
      }
    }

    private void lookWhatBecameOfIt(BatchWriter writer, Supplier<TestCaller> caller) {
      Optional<List<Problem>> found = Optional.empty();
      while (!stopping && found.isEmpty()) {
        LockSupport.parkNanos(MOMENT.toNanos());
        found = writer.check(caller.get());
      }
      found.ifPresent(problems::addAll);
    }

    /** Waits until so many more requests were acknowledged. */
    public void awaitAcknowledged(int count) throws InterruptedException {
      assertThat(acknowledgements.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("acknowledgements within %d seconds; failures: %s", PATIENCE_SECONDS, failures)
          .isTrue();
    }

    /** The requests so far that were not acknowledged. */
    public List<Outcome> failures() {
      return List.copyOf(failures);
    }

    /** Waits until all have ended by themselves, or, once asked to stop, their last requests. */
    @Override
    public void close() {
      ends.forEach(BatchLoad::outcome);
      threads.close();
      assertThat(problems).isEmpty();
    }

    /** Lets them send nothing more. */
    public void stop() {
      stopping = true;
    }
  }
}
