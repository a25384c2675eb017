package lockstep.server.secrets;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import lockstep.server.http.Reply;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a request for secrets.
 *
 * @param json an array; empty if the client has it already
 * @param tag an entity tag, the same for the same content
 * @param condition what has to succeed before the answer is given
 */
public record Listed(Optional<Opened> json, String tag, CompletionStage<?> condition) {

  private static final CompletionStage<?> NONE = CompletableFuture.completedStage(null);

  /** May be given at once. */
  Listed(Optional<Opened> json, String tag) {
    this(json, tag, NONE);
  }

  /** 200, or 304 if the client has it already. The content belongs to the reply from now on. */
  public Reply toReply() {
    return json.map(array -> Reply.okLent(array.bytes(), array::close))
        .orElseGet(() -> Reply.empty(304))
        .header("ETag", tag)
        .after(condition);
  }

  /**
   * Begins something that has to succeed before the answer is given. If it does not, the content is
   * closed.
   *
   * @return the same answer, on this condition
   */
  Listed after(Function<Listed, CompletionStage<?>> first) {
    try {
      return new Listed(json, tag, first.apply(this).whenComplete((_, failure) -> end(failure)));
    } catch (RuntimeException | Error e) {
      end(e);
      throw e;
    }
  }

  private void end(@Nullable Throwable failure) {
    if (failure != null) {
      json.ifPresent(Opened::close);
    }
  }

  @Override
  public String toString() {
    return "Listed[content not shown]";
  }
}
