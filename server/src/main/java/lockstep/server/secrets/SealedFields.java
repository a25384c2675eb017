package lockstep.server.secrets;

import java.util.Optional;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;

/** What one request writes into one secret, encrypted. What is empty was not sent. */
record SealedFields(
    Optional<String> key,
    Optional<String> keyDigest,
    Optional<String> value,
    Optional<String> comment,
    Optional<String> override) {

  static SealedFields of(NewSecret secret, EnvironmentKeys keys, FieldSealer sealer) {
    return new SealedFields(
        Optional.of(sealer.seal(secret.key()).text()),
        Optional.of(keys.keyDigest(secret.key())),
        Optional.of(sealer.seal(secret.value()).text()),
        Optional.of(sealComment(secret.comment(), sealer)),
        secret.override().map(own -> sealer.seal(own.value()).text()));
  }

  static SealedFields of(SecretChange change, EnvironmentKeys keys, FieldSealer sealer) {
    return new SealedFields(
        change.key().map(key -> sealer.seal(key).text()),
        change.key().map(keys::keyDigest),
        change.value().map(value -> sealer.seal(value).text()),
        change.comment().map(comment -> sealComment(comment, sealer)),
        change.override().map(own -> sealer.seal(own.value()).text()));
  }

  private static String sealComment(String comment, FieldSealer sealer) {
    return comment.isEmpty() ? "" : sealer.seal(comment).text();
  }
}
