package lockstep.server.keys;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import lockstep.crypto.ServerKey;
import lockstep.server.http.ApiException;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server keys that this process was given. Which of them is in use, the database says: all
 * servers wrap to that one from the moment on at which it came into use, and open with any that
 * they have. A server that does not have the key in use refuses what needs it, and changes nothing.
 * Safe for use by several threads.
 *
 * <p>Keys are named by their public halves, 64 hexadecimal digits.
 */
public final class ServerKeys {

  private static final Logger LOG = LoggerFactory.getLogger(ServerKeys.class);
  private static final long RETRY_SECONDS = 30;

  private final ServerKey wanted;
  private final Optional<ServerKey> previous;
  private final Map<String, ServerKey> held = new LinkedHashMap<>();
  private final AtomicBoolean reported = new AtomicBoolean();
  private volatile ServerKey latest;

  private ServerKeys(ServerKey wanted, Optional<ServerKey> previous, Optional<ServerKey> next) {
    this.wanted = wanted;
    this.previous = previous;
    this.latest = wanted;
    held.put(name(wanted), wanted);
    previous.ifPresent(key -> held.put(name(key), key));
    next.ifPresent(key -> held.put(name(key), key));
  }

  /** One key, and no other. */
  public static ServerKeys of(ServerKey key) {
    return new ServerKeys(key, Optional.empty(), Optional.empty());
  }

  /**
   * Several keys.
   *
   * @param wanted the key that shall be in use
   * @param previous the key that it may take over from
   * @param next a key that another server may bring into use
   */
  public static ServerKeys of(
      ServerKey wanted, Optional<ServerKey> previous, Optional<ServerKey> next) {
    return new ServerKeys(wanted, previous, next);
  }

  /** What a key is called: its public half. */
  public static String name(ServerKey key) {
    return key.publicKey().hex();
  }

  /** The key that shall be in use. */
  public ServerKey wanted() {
    return wanted;
  }

  /** The key that the wanted one may take over from. */
  public Optional<ServerKey> previous() {
    return previous;
  }

  /** All of them, the wanted one first. */
  public Collection<ServerKey> all() {
    return Collections.unmodifiableCollection(held.values());
  }

  /** The key of this name, if it is one of these. */
  public Optional<ServerKey> find(String name) {
    return Optional.ofNullable(held.get(name));
  }

  /**
   * The key in use, as this transaction sees it. Who stores something that is wrapped to it holds
   * the access revision of an organisation: a key comes into use while nobody does.
   *
   * @throws ApiException 503 if this process does not have it
   */
  public ServerKey inUse(DSLContext db) {
    Optional<String> name = ServerKeyStore.inUse(db);
    ServerKey key = name.isEmpty() ? wanted : name.flatMap(this::find).orElseThrow(this::missing);
    latest = key;
    return key;
  }

  /** Whether this process can serve: it has the key in use. */
  public boolean haveKeyInUse(DSLContext db) {
    return ServerKeyStore.inUse(db).map(held::containsKey).orElse(true);
  }

  /** The key that was in use when this was last asked for; to prepare what a transaction checks. */
  public ServerKey latest() {
    return latest;
  }

  /** The refusal of what needs a key that this process does not have. */
  ApiException missing() {
    if (reported.compareAndSet(false, true)) {
      LOG.error(
          "the database uses a server key that this server was not given, so requests that need it"
              + " are turned away. Set SERVER_SECRET, or SERVER_SECRET_NEXT during a change of the"
              + " key, and start again.");
    }
    return ApiException.unavailable("This server does not have the key for that.", RETRY_SECONDS);
  }

  @Override
  public String toString() {
    return "ServerKeys[hidden]";
  }
}
