package lockstep.server.store;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the same question of many threads once. Whoever asks while nobody does is answered at once;
 * whoever asks while the question is on its way waits for the next time, which all share who have
 * come until then. So nobody gets an answer to a question that was put before its own, however many
 * ask, and no question is on its way twice.
 */
final class SharedQueries {

  private final Map<Object, Asking> questions = new HashMap<>();

  /**
   * The answer to a question that is put after this call begins.
   *
   * @param question the same for questions with the same answer
   * @param query asks it; ends after a bounded time
   * @throws RuntimeException what the query ended with, for all who shared it
   */
  <T> T ask(Object question, Supplier<T> query) {
    Turn turn = turn(question);
    if (turn.leads()) {
      lead(question, turn, query);
    }
    @SuppressWarnings("unchecked") // equal questions have answers of one type
    T answer = (T) result(turn.answer());
    return answer;
  }

  private synchronized Turn turn(Object question) {
    Asking asking = questions.get(question);
    if (asking == null) {
      Asking first = new Asking();
      questions.put(question, first);
      return new Turn(first.current, null, true);
    }
    if (asking.next != null) {
      return new Turn(asking.next, null, false);
    }
    CompletableFuture<Object> next = new CompletableFuture<>();
    asking.next = next;
    return new Turn(next, asking.current, true);
  }

  private void lead(Object question, Turn turn, Supplier<?> query) {
    try {
      if (turn.before() != null) {
        awaitEnd(turn.before());
        begin(question, turn);
      }
      Object answer = query.get();
      end(question, turn);
      turn.answer().complete(answer);
    } catch (Throwable e) { // Whatever it is, others wait for it.
      end(question, turn);
      turn.answer().completeExceptionally(e);
    }
  }

  private static void awaitEnd(CompletableFuture<Object> before) {
    try {
      before.join();
    } catch (CompletionException e) {
      // That is what those who asked then are told.
    }
  }

  /** From here on, who comes is too late for this answer. */
  private synchronized void begin(Object question, Turn turn) {
    Asking asking = Objects.requireNonNull(questions.get(question), "its leader is still to come");
    asking.current = turn.answer();
    asking.next = null;
  }

  /** If somebody else waits, the question stays, for its leader to go on with. */
  private synchronized void end(Object question, Turn turn) {
    Asking asking = questions.get(question);
    if (asking == null) {
      return;
    }
    boolean isLast = isSame(turn.answer(), asking.current) && asking.next == null;
    boolean neverBegan = isSame(turn.answer(), asking.next);
    if (isLast || neverBegan) {
      questions.remove(question);
    }
  }

  @SuppressWarnings("ReferenceEquality") // futures are equal to nothing but themselves
  private static boolean isSame(
      CompletableFuture<Object> one, @Nullable CompletableFuture<Object> other) {
    return one == other;
  }

  private static Object result(CompletableFuture<Object> answer) {
    try {
      return answer.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** How many questions are on their way. */
  synchronized int size() {
    return questions.size();
  }

  /** A question that is on its way. */
  private static final class Asking {
    private CompletableFuture<Object> current = new CompletableFuture<>();
    private @Nullable CompletableFuture<Object> next;
  }

  /**
   * What a caller waits for.
   *
   * @param before what has to end first; null if nothing
   * @param leads whether the caller has to ask
   */
  private record Turn(
      CompletableFuture<Object> answer,
      @Nullable CompletableFuture<Object> before,
      boolean leads) {}
}
