package lockstep.server.http;

import java.util.Optional;
import java.util.UUID;

/** UUIDs in their canonical 8-4-4-4-12 form, any case. The JDK's own parser takes shorter ones. */
public final class CanonicalUuid {
  private static final int LENGTH = 36;

  private CanonicalUuid() {}

  /** The UUID, or nothing when the text is any other than canonical. */
  public static Optional<UUID> parse(String text) {
    if (text.length() != LENGTH) {
      return Optional.empty();
    }
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      boolean dashHere = i == 8 || i == 13 || i == 18 || i == 23;
      boolean legal = dashHere ? c == '-' : c < 0x80 && Character.digit(c, 16) >= 0;
      if (!legal) {
        return Optional.empty();
      }
    }
    return Optional.of(UUID.fromString(text));
  }
}
