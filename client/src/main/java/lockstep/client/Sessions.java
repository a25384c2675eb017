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

  /** In the cache. */
  private static final String NAME = "session";

  private final Fetcher fetcher;
  private final Timing timing;
  private volatile @Nullable Session latest;

  Sessions(Fetcher fetcher, Timing timing) {
    this.fetcher = fetcher;
    this.timing = timing;
  }

  /** One that is at most a minute old, or from the cache if the call allows that. */
  Session recent(Call call) {
    if (call.staleness() == Staleness.ALWAYS) {
      return received(call, false);
    }
    Session known = latest;
    return known != null && isRecent(known) ? known : renewed(call);
  }

  /** What came in the future came before a clock was set, nobody knows when. */
  private boolean isRecent(Session session) {
    Duration age = Duration.between(session.freshness().receivedAt(), timing.now());
    return !age.isNegative() && age.compareTo(LIFETIME) < 0;
  }

  /** A new one. The server is asked; if it does not answer, the cache is, if the call allows it. */
  Session renewed(Call call) {
    return received(call, true);
  }

  private Session received(Call call, boolean asks) {
    Received<TokensAnswer> received;
    try {
      received =
          asks
              ? fetcher.ask(REQUEST, NAME, TokensAnswer::parse, call)
              : fetcher.fetch(REQUEST, NAME, TokensAnswer::parse, call);
    } catch (UnauthorisedException e) {
      // Here, unlike for an environment, this means that the token is gone for good.
      latest = null;
      fetcher.forget();
      throw e;
    }
    Session session = new Session(received.value(), received.freshness());
    if (!session.freshness().isStale()) {
      latest = session;
    }
    if (asks || !session.freshness().isStale()) {
      call.noteThatSessionIsNew();
    }
    return session;
  }
}
