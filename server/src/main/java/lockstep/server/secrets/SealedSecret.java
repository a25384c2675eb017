package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lockstep.references.SecretPath;

/** A secret to be created: key, value and comment are ciphertexts, an absent comment is empty. */
record SealedSecret(
    SealedName name,
    String value,
    String comment,
    SecretType type,
    List<String> tags,
    SecretPath path,
    Optional<SealedOverride> override) {

  /** All that is encrypted. */
  Stream<String> ciphertexts() {
    return Stream.of(
            Stream.of(name.key(), value),
            Stream.of(comment).filter(text -> !text.isEmpty()),
            override.map(SealedOverride::value).stream())
        .flatMap(texts -> texts);
  }

  /** The name of a secret, and the digest by which it is found. */
  record SealedName(String key, String digest) {}

  /** A member's own value of a secret. */
  record SealedOverride(String value, boolean isActive) {}
}
