package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies an app. */
public record AppId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<AppId> parse(String text) {
    return Uuids.parse(text).map(AppId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
