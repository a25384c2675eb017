package lockstep.server.audit;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far this process has made the chains longer itself: of each organisation the last record that
 * it appended and knows to be committed. Whoever changes the database behind its back does not
 * change this. Safe for use by many threads.
 *
 * <p>Another server may have appended since, so a chain may be longer than what is remembered; it
 * is never shorter, and never has another record in that place. What does not fit into memory is
 * forgotten, the least recently used first.
 */
final class OwnHeads {

  static final int MAXIMUM_ORGANISATIONS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(OwnHeads.class);

  private final Map<UUID, Head> heads = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<UUID> reported = new HashSet<>();

  /** The last record that was appended to a chain. */
  @SuppressWarnings("ArrayRecordComponent") // compared by isAt alone
  record Head(long sequence, byte[] hash) {

    boolean isAt(long otherSequence, byte[] otherHash) {
      return sequence == otherSequence && Arrays.equals(hash, otherHash);
    }
  }

  /** Another thread may have been quicker to remember what it committed later. */
  synchronized void remember(UUID organisation, Head committed) {
    Head before = heads.get(organisation);
    if (before == null || before.sequence < committed.sequence) {
      heads.put(organisation, committed);
      if (heads.size() > MAXIMUM_ORGANISATIONS) {
        UUID forgotten = heads.keySet().iterator().next();
        heads.remove(forgotten);
        reported.remove(forgotten);
      }
    }
  }

  synchronized Map<UUID, Head> all() {
    return Map.copyOf(heads);
  }

  /**
   * Refuses a chain that ends where it cannot end, and says so in the log.
   *
   * @param sequence the end that the database names, 0 if it names none
   */
  void requirePossible(UUID organisation, long sequence, byte[] hash) {
    if (!isPossible(organisation, sequence, hash)) {
      logChanged(organisation);
      throw new AuditUnavailableException("the audit chain was changed by somebody else");
    }
  }

  private synchronized boolean isPossible(UUID organisation, long sequence, byte[] hash) {
    @Nullable Head own = heads.get(organisation);
    return own == null || sequence > own.sequence || own.isAt(sequence, hash);
  }

  /** Once for each chain: every request of the organisation comes by here from then on. */
  synchronized void logChanged(UUID organisation) {
    if (heads.containsKey(organisation) && reported.add(organisation)) {
      LOG.error(
          "the audit chain of organisation {} was changed behind the server's back: it no longer"
              + " has what this server appended. Nothing is appended to it until a restart. Run"
              + " lockstep audit verify.",
          organisation);
    }
  }
}
