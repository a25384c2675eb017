package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import lockstep.references.SecretPath;

/**
 * A secret as a client wants it created.
 *
 * @param key the name, upper-cased
 */
record NewSecret(
    String key,
    String value,
    SecretType type,
    Optional<PersonalValue> override,
    String comment,
    List<String> tags,
    SecretPath path) {

  @Override
  public String toString() {
    return "NewSecret[content not shown]";
  }
}
