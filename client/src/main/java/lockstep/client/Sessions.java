package lockstep.client;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The latest session. It is asked for again when it is older than a minute, so that new grants and
 * environments are seen, and not with every call, which would double the requests. Access that was
 * taken away needs no such wait: the server refuses the reading itself. Safe for use by several
 * threads.
 */
final class Sessions {

  private static final Duration LIFETIME = Duration.ofMinutes(1);
  private static final Request REQUEST = Request.get("/service/secrets/tokens/", Map.of());

  private final Fetcher fetcher;
  private final Timing timing;
  private volatile @Nullable Session latest;

  Sessions(Fetcher fetcher, Timing timing) {
    this.fetcher = fetcher;
    this.timing = timing;
  }

  /** One that is at most a minute old, or from the cache if the call allows that. */
  Session recent(Call call) {
    Session known = latest;
    return known != null
            && call.staleness() != Staleness.ALWAYS
            && known.freshness().age(timing.now()).compareTo(LIFETIME) < 0
        ? known
        : renewed(call);
  }

  /** A new one. */
  Session renewed(Call call) {
    Received<TokensAnswer> received;
    try {
      received = fetcher.fetch(REQUEST, "session", TokensAnswer::parse, call);
    } catch (UnauthorisedException e) {
      // Here, unlike for an environment, this means that the token is gone for good.
      latest = null;
      fetcher.forget();
      throw e;
    }
    call.noteThatSessionIsNew();
    Session session = new Session(received.value(), received.freshness());
    if (!session.freshness().isStale()) {
      latest = session;
    }
    return session;
  }
}
