package lockstep.server.secrets;

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

  boolean matchesAll() {
    return path.isEmpty() && key.isEmpty() && tags.isEmpty();
  }
}
