package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.references.SecretPath;
import lockstep.server.secrets.SealedSecret.SealedName;
import lockstep.server.secrets.SealedSecret.SealedOverride;

/**
 * What is to change in one secret, encrypted. What is empty stays as it is.
 *
 * @param writtenId the id as the client wrote it
 * @param id the id, if it is a legal one
 */
record SealedChange(
    String writtenId,
    Optional<UUID> id,
    Optional<SealedName> name,
    Optional<String> value,
    Optional<String> comment,
    Optional<SecretType> type,
    Optional<List<String>> tags,
    Optional<SecretPath> path,
    Optional<SealedOverride> override) {

  /** All that is encrypted. */
  Stream<String> ciphertexts() {
    return Stream.of(
            name.map(SealedName::key),
            value,
            comment.filter(text -> !text.isEmpty()),
            override.map(SealedOverride::value))
        .flatMap(Optional::stream);
  }
}
