package lockstep.server.secrets;

import java.util.List;
import java.util.UUID;
import lockstep.server.secrets.SecretFilter.Sought;

/**
 * One secret of a {@link SecretSnapshot}: what the database has in clear, and where in the kept
 * content its JSON object is. Offsets count bytes from the beginning of its piece.
 *
 * @param state of the stored secret ({@link StoredSecret#state})
 * @param refers whether its value has references, so that each answer may show another one
 * @param piece number of the piece of content that has its JSON
 * @param begin of the object
 * @param value of the JSON string that is the member {@code value}
 * @param afterValue behind that string
 * @param override of the word {@code null} that is the member {@code override}
 * @param end behind the object
 */
record SnapshotEntry(
    UUID id,
    String idAndVersion,
    String state,
    String path,
    String keyDigest,
    List<String> tags,
    boolean refers,
    int piece,
    int begin,
    int value,
    int afterValue,
    int override,
    int end) {

  /** An estimate, for the bound on what is cached. */
  int weight() {
    return 450 + path.length() + 32 * tags.size();
  }

  /** The same object at another place. */
  SnapshotEntry movedTo(int otherPiece, int otherBegin) {
    int distance = otherBegin - begin;
    return new SnapshotEntry(
        id,
        idAndVersion,
        state,
        path,
        keyDigest,
        tags,
        refers,
        otherPiece,
        otherBegin,
        value + distance,
        afterValue + distance,
        override + distance,
        end + distance);
  }

  boolean matches(Sought sought) {
    return sought.path().map(path::equals).orElse(true)
        && sought.keyDigest().map(keyDigest::equals).orElse(true)
        && sought.tags().map(names -> tags.stream().anyMatch(names::contains)).orElse(true);
  }
}
