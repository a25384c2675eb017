package lockstep.server.environmentkeys;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The three kinds of rows that hold what is encrypted with the keys of an environment. */
enum EncryptedKind {
  /** Present states of secrets, deleted ones included. */
  SECRET,
  /** Rows of their histories. */
  VERSION,
  /** Personal values, which are values alone. */
  OVERRIDE;

  /** The name in the database and in cursors. */
  String storedName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<EncryptedKind> ofStoredName(String name) {
    return Arrays.stream(values()).filter(kind -> kind.storedName().equals(name)).findFirst();
  }

  /** The kind that is read after this one. */
  Optional<EncryptedKind> next() {
    return switch (this) {
      case SECRET -> Optional.of(VERSION);
      case VERSION -> Optional.of(OVERRIDE);
      case OVERRIDE -> Optional.empty();
    };
  }
}
