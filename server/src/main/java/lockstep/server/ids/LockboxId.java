package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies a text shared by link. Whoever knows it can take a view, so it is random. */
public record LockboxId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<LockboxId> parse(String text) {
    return Uuids.parse(text).map(LockboxId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
