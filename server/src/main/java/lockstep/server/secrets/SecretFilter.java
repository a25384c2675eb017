package lockstep.server.secrets;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import lockstep.references.SecretPath;

/**
 * Which secrets of an environment a client asks for.
 *
 * @param key the name, upper-cased
 * @param tags names of which a secret has at least one; an empty list matches nothing
 */
record SecretFilter(Optional<SecretPath> path, Optional<String> key, Optional<List<String>> tags) {

  /** The names in a text with commas between them, each once. */
  static List<String> tagNames(String commaSeparated) {
    return Arrays.stream(commaSeparated.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  boolean matchesAll() {
    return path.isEmpty() && key.isEmpty() && tags.isEmpty();
  }
}
