package lockstep.server.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import lockstep.server.ids.TokenId;
import lockstep.server.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers when tokens were last used and stores it every few seconds, because a durable write per
 * request would cost more than the request. A crash loses the last seconds of this, and nothing
 * else.
 */
public final class TokenUses implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TokenUses.class);

  private final Database database;
  private final Clock clock;
  private final Map<UUID, Instant> pending = new ConcurrentHashMap<>();
  private final Thread thread;

  /** Stores into this database, once per interval. */
  public TokenUses(Database database, Clock clock, Duration interval) {
    this.database = database;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("token-uses").start(() -> run(interval));
  }

  void add(TokenId token) {
    pending.put(token.value(), clock.instant());
  }

  /** Stores what is pending. */
  public void flush() {
    Map<UUID, Instant> uses = new TreeMap<>(); // In one order, lest two nodes deadlock.
    pending.forEach(
        (token, at) -> {
          if (pending.remove(token, at)) {
            uses.put(token, at);
          }
        });
    if (!uses.isEmpty()) {
      try {
        database.write(
            db -> {
              TokenStore.recordUses(db, uses);
              return uses;
            });
      } catch (RuntimeException e) {
        uses.forEach((token, at) -> pending.merge(token, at, TokenUses::later));
        throw e;
      }
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private void run(Duration interval) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(interval);
        flush();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) { // This thread is the only one there is.
        LOG.warn("the last use of some tokens was not stored yet: {}", e.toString());
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
      flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
