package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies an invite. Whoever knows it can look at the invite, so it is random. */
public record InviteId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<InviteId> parse(String text) {
    return Uuids.parse(text).map(InviteId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
