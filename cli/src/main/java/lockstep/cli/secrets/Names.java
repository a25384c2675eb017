package lockstep.cli.secrets;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import lockstep.client.Environment;
import lockstep.client.Secret;
import lockstep.client.Secrets;

/** Names of secrets as people type them: upper case is meant, as over the REST API. */
final class Names {

  private Names() {}

  /** The name under which a secret is written. */
  static String written(String typed) {
    return typed.toUpperCase(Locale.ROOT);
  }

  /** The secret meant: of the upper-case name or, if there is none, of the name as typed. */
  static Optional<Secret> find(Environment environment, String path, String typed) {
    return find(typed, name -> environment.find(path, name));
  }

  /** The same, among secrets that were read. */
  static Optional<Secret> find(Secrets secrets, String path, String typed) {
    return find(typed, name -> secrets.find(path, name));
  }

  private static Optional<Secret> find(String typed, Function<String, Optional<Secret>> lookup) {
    String upper = written(typed);
    Optional<Secret> found = lookup.apply(upper);
    return found.isPresent() || upper.equals(typed) ? found : lookup.apply(typed);
  }
}
