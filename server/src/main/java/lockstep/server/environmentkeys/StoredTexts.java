package lockstep.server.environmentkeys;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * All that is encrypted of one secret: its present state, its history and personal values.
 *
 * @param unreadable whether some of it could not be encrypted anew, and is as it was
 */
record StoredTexts(
    List<Row> secrets, List<Row> versions, List<OwnValue> overrides, boolean unreadable) {

  /** How many characters of ciphertext it has. */
  long characters() {
    long characters = 0;
    for (List<Row> rows : List.of(secrets, versions)) {
      for (Row row : rows) {
        characters += row.key().length() + row.value().length() + row.comment().length();
      }
    }
    for (OwnValue own : overrides) {
      characters += own.value().length();
    }
    return characters;
  }

  @Override
  public String toString() {
    return "StoredTexts[" + versions.size() + " versions]";
  }

  /** A row of secrets, or of their history. */
  record Row(UUID id, String key, String keyDigest, String value, String comment) {

    @Override
    public String toString() {
      return "Row[" + id + "]";
    }
  }

  /** A member's own value. */
  record OwnValue(UUID id, String value) {

    @Override
    public String toString() {
      return "OwnValue[" + id + "]";
    }
  }

  /**
   * Differs from an earlier one of the same secret if anything encrypted was written since: writing
   * it adds to its history, and moves the time of a personal value.
   *
   * @param overridesChangedAt of the newest; the beginning of time if there is none
   */
  record Stamp(int versions, int overrides, Instant overridesChangedAt) {

    static final Stamp NONE = new Stamp(0, 0, Instant.EPOCH);

    /** How many rows this stands for. */
    int rows() {
      return 1 + versions + overrides;
    }
  }
}
