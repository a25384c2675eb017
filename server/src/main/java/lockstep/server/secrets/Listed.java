package lockstep.server.secrets;

import java.util.Optional;
import lockstep.server.http.Reply;

/**
 * An answer to a request for secrets.
 *
 * @param json an array; empty if the client has it already
 * @param tag an entity tag, the same for the same content
 */
public record Listed(Optional<byte[]> json, String tag) {

  /** 200, or 304 if the client has it already. */
  public Reply toReply() {
    return json.map(Reply::okBytes).orElseGet(() -> Reply.empty(304)).header("ETag", tag);
  }

  @Override
  public String toString() {
    return "Listed[content not shown]";
  }
}
