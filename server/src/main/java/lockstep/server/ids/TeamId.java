package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies a team. */
public record TeamId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<TeamId> parse(String text) {
    return Uuids.parse(text).map(TeamId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
