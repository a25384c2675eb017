package lockstep.server.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.auth.TokenStore.KnownCaller;
import lockstep.server.store.Database;

/**
 * Remembers whose tokens were proven lately. Each use asks the database whether anything about
 * access has changed in the organisation since, and then forgets. So a token that was deleted, a
 * role that was changed or an account that is gone counts from the next request on, on every
 * server.
 */
final class KnownCallers {

  private static final int MAXIMUM = 50_000;
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final Database database;
  private final Cache<TokenKey, KnownCaller> callers =
      Caffeine.newBuilder()
          .executor(Runnable::run) // Its housekeeping takes less than waking a thread.
          .maximumSize(MAXIMUM)
          .expireAfterAccess(UNUSED)
          .build();

  KnownCallers(Database database) {
    this.database = database;
  }

  /** The caller with this token, if nothing has changed since it was remembered. */
  Optional<Caller> find(AccountKind kind, byte[] digest, Instant now) {
    TokenKey key = new TokenKey(kind, ByteBuffer.wrap(digest));
    KnownCaller known = callers.getIfPresent(key);
    if (known == null) {
      return Optional.empty();
    }
    Caller caller = known.caller();
    if (AccessRevision.current(database, caller.organisation()) == caller.accessRevision()
        && known.expiresAt().map(now::isBefore).orElse(true)) {
      return Optional.of(caller);
    }
    callers.asMap().remove(key, known);
    return Optional.empty();
  }

  void remember(AccountKind kind, byte[] digest, KnownCaller caller) {
    callers.put(new TokenKey(kind, ByteBuffer.wrap(digest)), caller);
  }

  /** A token is of one kind, and proves nothing where another is asked for. */
  private record TokenKey(AccountKind kind, ByteBuffer digest) {}
}
