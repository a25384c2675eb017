package lockstep.client;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads from the server or from the offline cache, as the call allows. */
final class Fetcher implements AutoCloseable {

  private final Transport transport;
  private final @Nullable CacheFolder cache;
  private final Timing timing;

  Fetcher(Transport transport, @Nullable CacheFolder cache, Timing timing) {
    this.transport = transport;
    this.cache = cache;
    this.timing = timing;
  }

  /**
   * The answer to a GET.
   *
   * @param name under which the answer is cached
   * @param parser fails for what is not in the protocol, which is then neither kept nor, if it
   *     comes from the cache, used
   */
  <T> Received<T> fetch(Request request, String name, Function<byte[], T> parser, Call call) {
    return fetch(request, name, parser, call, call.staleness() == Staleness.ALWAYS);
  }

  /** The same, where the cache only helps if the server does not answer. */
  <T> Received<T> ask(Request request, String name, Function<byte[], T> parser, Call call) {
    return fetch(request, name, parser, call, false);
  }

  private <T> Received<T> fetch(
      Request request, String name, Function<byte[], T> parser, Call call, boolean prefersCache) {
    CacheFolder allowed = call.staleness() == Staleness.NEVER ? null : cache;
    if (allowed == null) {
      return fromServer(request, name, parser, call, null);
    }
    if (prefersCache || call.serverIsDown()) {
      Received<T> cached = fromCache(allowed, name, parser);
      if (cached != null) {
        return cached;
      }
    }
    try {
      return fromServer(request, name, parser, call, allowed);
    } catch (UnavailableException | RateLimitedException e) {
      call.noteThatServerIsDown();
      Received<T> cached = fromCache(allowed, name, parser);
      if (cached == null) {
        throw new OfflineException(e);
      }
      return cached;
    }
  }

  private <T> Received<T> fromServer(
      Request request,
      String name,
      Function<byte[], T> parser,
      Call call,
      @Nullable CacheFolder keepIn) {
    byte[] body = transport.send(request, call);
    T value = parser.apply(body);
    if (keepIn != null) {
      keepIn.put(name, body, timing.now());
    }
    return new Received<>(value, new Freshness(timing.now(), false));
  }

  private <T> @Nullable Received<T> fromCache(
      CacheFolder folder, String name, Function<byte[], T> parser) {
    CacheFolder.Entry entry = folder.get(name, timing.now());
    if (entry == null) {
      return null;
    }
    try {
      return new Received<>(parser.apply(entry.body()), new Freshness(entry.receivedAt(), true));
    } catch (UnexpectedAnswerException _) {
      return null;
    }
  }

  /** Erases the keys of the cache. */
  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
  }

  /** Erases what is cached for the token. */
  void forget() {
    if (cache != null) {
      cache.erase();
    }
  }
}
