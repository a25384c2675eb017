package lockstep.server.secrets;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a secret is handled by people's tools. */
enum SecretType {
  /** Plain configuration. */
  CONFIG,
  /** Write-once: neither the value nor the type ever changes. */
  SEALED,
  SECRET;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<SecretType> ofWireName(String name) {
    return Arrays.stream(values()).filter(type -> type.wireName().equals(name)).findFirst();
  }
}
