package lockstep.server.ids;

import java.util.Optional;
import java.util.UUID;

/** Identifies a secret, in all its versions. */
public record SecretId(UUID value) {

  /** The id that this text is the canonical form of, in any letter case; empty for other text. */
  public static Optional<SecretId> parse(String text) {
    return Uuids.parse(text).map(SecretId::new);
  }

  /** The canonical text, in lower case. */
  @Override
  public String toString() {
    return value.toString();
  }
}
