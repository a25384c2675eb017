package lockstep.cli.formats;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names and values in the order of a file, each name once. */
public final class Entries {

  private final Map<String, String> values = new LinkedHashMap<>();

  Entries() {}

  /**
   * Adds one.
   *
   * @param where for the message, such as "line 3"
   * @throws FormatException if there is one of the name: the other might be the one that is meant;
   *     or if the name or the value has half a character, which no UTF-8 can hold
   */
  void add(String name, String value, String where) {
    if (name.isEmpty()) {
      throw new FormatException(where + ": a name is missing");
    }
    if (hasHalfCharacter(name)) {
      throw new FormatException(where + ": a name has half a character in it");
    }
    if (hasHalfCharacter(value)) {
      throw new FormatException(where + ": '" + name + "' has half a character in its value");
    }
    if (values.putIfAbsent(name, value) != null) {
      throw new FormatException(where + ": '" + name + "' is there twice");
    }
  }

  /** Escapes can name the halves of a pair of surrogates one by one. */
  private static boolean hasHalfCharacter(String text) {
    return text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  /** Values by name. */
  public Map<String, String> asMap() {
    return Collections.unmodifiableMap(values);
  }

  /** Shows none of them. */
  @Override
  public String toString() {
    return "Entries[" + values.size() + "]";
  }
}
