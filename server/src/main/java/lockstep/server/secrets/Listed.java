package lockstep.server.secrets;

import java.util.Optional;
import java.util.function.Consumer;
import lockstep.server.http.Reply;

/**
 * An answer to a request for secrets.
 *
 * @param json an array; empty if the client has it already
 * @param tag an entity tag, the same for the same content
 */
public record Listed(Optional<Opened> json, String tag) {

  /** 200, or 304 if the client has it already. The content belongs to the reply from now on. */
  public Reply toReply() {
    return json.map(array -> Reply.okLent(array.bytes(), array::close))
        .orElseGet(() -> Reply.empty(304))
        .header("ETag", tag);
  }

  /**
   * Does something before the answer is given, which may keep it from being given.
   *
   * @return this
   */
  Listed after(Consumer<Listed> first) {
    try {
      first.accept(this);
      return this;
    } catch (RuntimeException | Error e) {
      json.ifPresent(Opened::close);
      throw e;
    }
  }

  @Override
  public String toString() {
    return "Listed[content not shown]";
  }
}
