package lockstep.server.audit;

import java.time.Instant;
import java.util.Optional;

/** Is told what a verification finds, while it runs. */
public interface AuditFindings {

  /** Something is not as the server stored it. */
  void problem(Problem problem);

  /** A chain was gone through to its end. */
  void chain(Chain chain);

  /**
   * What is wrong.
   *
   * @param organisation whose chain, as stored
   * @param sequence the number of the record that it shows at, or of the place where one is missing
   * @param kind what kind of thing was found
   * @param explanation the same in English, without anything from the record
   */
  record Problem(String organisation, long sequence, Kind kind, String explanation) {}

  /** Kinds of problems. */
  enum Kind {
    /** A record's content or hashes are not those that were stored. */
    CHANGED,
    /** Records are missing between others. */
    REMOVED,
    /** A record does not follow the one before it: it was inserted, replaced or moved. */
    MISPLACED,
    /** Two records have one number, or a number is not legal. */
    DUPLICATE,
    /** Records are missing at the end. */
    TRUNCATED,
    /** There are records after the newest one that the server knows. */
    APPENDED,
    /** The row with the newest number and hash is missing or wrong. */
    HEAD,
    /** A checkpoint is missing, was not signed with this key, or says something else. */
    CHECKPOINT,
    /** The record of a removal of old records was not signed with this key. */
    RETENTION,
    /** The server keys that signed checkpoints do not all vouch for each other. */
    SUCCESSION,
    /** A record that was noted down before is missing, or has another hash. */
    UNEXPECTED,
    /** A line of an export is none. */
    UNREADABLE,
    /** An export has no events, so it says nothing. */
    EMPTY,
    /** Events from before there were chains wait for the next start of a server. */
    UNCHAINED
  }

  /**
   * One chain.
   *
   * @param organisation whose
   * @param records how many records it has
   * @param first the number of the first that it should have
   * @param removedAt when the server removed those before the first; empty if it removed none
   * @param sequence the number of the newest
   * @param hash the newest record's hash, in hexadecimal digits; who notes it down elsewhere can
   *     prove later that nothing up to here was changed
   * @param signedSequence the newest record that a checkpoint vouches for, 0 if none
   * @param problems how many problems it has
   */
  record Chain(
      String organisation,
      long records,
      long first,
      Optional<Instant> removedAt,
      long sequence,
      String hash,
      long signedSequence,
      long problems) {}
}
