package lockstep.server.secrets;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.references.SecretPath;

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

  @Override
  public String toString() {
    return "SecretChange[content not shown]";
  }
}
