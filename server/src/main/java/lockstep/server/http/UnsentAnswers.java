package lockstep.server.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of answers that their clients have not taken yet. An answer in the making has a
 * place among the concurrent requests; afterwards it may lie there until its client reads it, and
 * there can be as many as connections. When they are too large together, the connection is cut on
 * which the account that holds most has waited longest, until they fit. So what an account leaves
 * lying costs others nothing, and nobody is refused for it.
 *
 * <p>An array that several answers share counts once; small answers, and those that the connection
 * takes at once, are not counted. Safe for use by many threads.
 */
final class UnsentAnswers {

  /** As large as what a connection needs anyway. */
  static final int SMALL_BYTES = 16 << 10;

  private static final int SHARE_OF_HEAP = 8;

  private static final Logger LOG = LoggerFactory.getLogger(UnsentAnswers.class);

  private final long maximum;
  private final Map<Object, Set<Answer>> byAccount = new LinkedHashMap<>();
  private final IdentityHashMap<byte[], Integer> users = new IdentityHashMap<>();
  private long bytes;

  /**
   * @param maximum bytes of all of them; one answer alone may have more
   */
  UnsentAnswers(long maximum) {
    this.maximum = maximum;
  }

  /** With an eighth of the memory that there can be. */
  static UnsentAnswers ofHeap() {
    return new UnsentAnswers(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
  }

  /**
   * An answer that is about to be sent. It does not count yet.
   *
   * @param cut ends its connection
   */
  Answer answer(Object account, byte[] content, Runnable cut) {
    return new Answer(account, content, cut);
  }

  /** How many bytes lie there now. */
  synchronized long bytes() {
    return bytes;
  }

  private synchronized List<Answer> add(Answer added) {
    byAccount.computeIfAbsent(added.account, _ -> new LinkedHashSet<>()).add(added);
    if (users.merge(added.content, 1, Integer::sum) == 1) {
      bytes += added.content.length;
    }
    List<Answer> tooMany = new ArrayList<>();
    while (bytes > maximum) {
      Optional<Answer> next = oldestOfHeaviest(added);
      if (next.isEmpty()) {
        break;
      }
      remove(next.get());
      tooMany.add(next.get());
    }
    return tooMany;
  }

  private Optional<Answer> oldestOfHeaviest(Answer spared) {
    return byAccount.values().stream()
        .filter(answers -> answers.size() > 1 || !answers.contains(spared))
        .max(Comparator.comparingLong(this::bytesOf))
        .flatMap(answers -> answers.stream().filter(one -> one != spared).findFirst());
  }

  /** Of what several share, each of them holds a part. */
  private long bytesOf(Set<Answer> answers) {
    return answers.stream()
        .mapToLong(one -> one.content.length / users.getOrDefault(one.content, 1))
        .sum();
  }

  private synchronized void remove(Answer removed) {
    Set<Answer> ofAccount = byAccount.getOrDefault(removed.account, Set.of());
    if (!ofAccount.contains(removed)) {
      return;
    }
    ofAccount.remove(removed);
    if (ofAccount.isEmpty()) {
      byAccount.remove(removed.account);
    }
    if (users.merge(removed.content, -1, Integer::sum) == 0) {
      users.remove(removed.content);
      bytes -= removed.content.length;
    }
  }

  /** One answer, from before it is sent until nothing of it is needed any more. */
  final class Answer {

    private final Object account;
    private final byte[] content;
    private final Runnable cut;
    private volatile boolean counts;
    private volatile boolean ended;

    private Answer(Object account, byte[] content, Runnable cut) {
      this.account = account;
      this.content = content;
      this.cut = cut;
    }

    /** It counts from now on, unless it has ended already. May cut others. */
    void linger() {
      if (ended || content.length < SMALL_BYTES) {
        return;
      }
      counts = true;
      List<Answer> tooMany = add(this);
      if (ended) { // In the meantime, and perhaps before it was added.
        remove(this);
      }
      tooMany.stream().filter(one -> !one.ended).forEach(Answer::cut);
    }

    /** A failure is not that of the request which was one too many. */
    private void cut() {
      try {
        cut.run();
      } catch (RuntimeException e) {
        LOG.warn("a connection could not be closed", e);
      }
    }

    /** It was sent, or cannot be. */
    void end() {
      ended = true;
      if (counts) {
        remove(this);
      }
    }
  }
}
