package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;
import lockstep.references.SecretPath;
import lockstep.server.secrets.SealedSecret.SealedName;

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

  SealedSecret seal(EnvironmentKeys keys, FieldSealer sealer) {
    return new SealedSecret(
        new SealedName(sealer.seal(key).text(), keys.keyDigest(key)),
        sealer.seal(value).text(),
        comment.isEmpty() ? "" : sealer.seal(comment).text(),
        type,
        tags,
        path,
        override.map(own -> own.seal(sealer)));
  }

  @Override
  public String toString() {
    return "NewSecret[content not shown]";
  }
}
