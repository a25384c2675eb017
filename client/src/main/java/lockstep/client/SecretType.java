package lockstep.client;

import java.util.Locale;

/** What kind of value a secret has. */
public enum SecretType {
  SECRET,
  /** Its value is never shown to people and cannot be replaced. */
  SEALED,
  /** A value that is not confidential. */
  CONFIG,
  /** A kind that this client does not know. */
  OTHER;

  static SecretType of(String wireName) {
    return switch (wireName) {
      case "secret" -> SECRET;
      case "sealed" -> SEALED;
      case "config" -> CONFIG;
      default -> OTHER;
    };
  }

  String wireName() {
    if (this == OTHER) {
      throw new IllegalArgumentException("a secret cannot be given an unknown type");
    }
    return name().toLowerCase(Locale.ROOT);
  }
}
