package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;
import lockstep.references.SecretPath;
import lockstep.server.secrets.SealedSecret.SealedName;

/**
 * What a client wants changed in one secret. What is empty stays as it is.
 *
 * @param writtenId the id as the client wrote it
 * @param id the id, if it is a legal one
 * @param key the new name, upper-cased
 */
record SecretChange(
    String writtenId,
    Optional<UUID> id,
    Optional<String> key,
    Optional<String> value,
    Optional<SecretType> type,
    Optional<PersonalValue> override,
    Optional<String> comment,
    Optional<List<String>> tags,
    Optional<SecretPath> path) {

  SealedChange seal(EnvironmentKeys keys, FieldSealer sealer) {
    return new SealedChange(
        writtenId,
        id,
        key.map(name -> new SealedName(sealer.seal(name).text(), keys.keyDigest(name))),
        value.map(text -> sealer.seal(text).text()),
        comment.map(text -> text.isEmpty() ? "" : sealer.seal(text).text()),
        type,
        tags,
        path,
        override.map(own -> own.seal(sealer)));
  }

  @Override
  public String toString() {
    return "SecretChange[content not shown]";
  }
}
