package lockstep.server.secrets;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import lockstep.references.SecretPath;

/**
 * Which secrets of an environment a client asks for.
 *
 * @param key the name, upper-cased
 * @param tags names of which a secret has at least one; an empty list matches nothing
 */
record SecretFilter(Optional<SecretPath> path, Optional<String> key, Optional<List<String>> tags) {

  /** Whether it asks for all secrets. */
  boolean matchesAll() {
    return path.isEmpty() && key.isEmpty() && tags.isEmpty();
  }

  /** The same in the terms in which secrets are stored; what is empty matches all. */
  record Sought(Optional<String> path, Optional<String> keyDigest, Optional<List<String>> tags) {

    boolean matchesAll() {
      return path.isEmpty() && keyDigest.isEmpty() && tags.isEmpty();
    }
  }

  /** The names in a text with commas between them, each once. */
  static List<String> tagNames(String commaSeparated) {
    return Arrays.stream(commaSeparated.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  /**
   * What to look for.
   *
   * @param digester makes of a name what it is found by
   */
  Sought sought(UnaryOperator<String> digester) {
    return new Sought(path.map(SecretPath::text), key.map(digester), tags);
  }
}
