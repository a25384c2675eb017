package lockstep.client;

import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import lockstep.client.internal.BuildVersion;
import lockstep.crypto.CryptoException;
import lockstep.crypto.Token;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link LockstepClient}. Address and token have to be set. */
public final class LockstepClientBuilder {

  private @Nullable String address;
  private @Nullable Token token;
  private boolean allowsPlainHttp;
  private Duration timeout = Duration.ofMinutes(1);
  private Duration attemptTimeout = Duration.ofSeconds(20);
  private Backoff backoff = Backoff.STANDARD;
  private ReferenceMode mode = ReferenceMode.RESOLVE;
  private @Nullable OfflineCache cache;
  private @Nullable SSLContext ssl;
  private String userAgent = "lockstep-java-client/" + BuildVersion.TEXT;
  private Timing timing = Timing.SYSTEM;
  private BodyLimits bodies = BodyLimits.STANDARD;
  private boolean isBrief;

  LockstepClientBuilder() {}

  /** Where the server is, such as {@code https://lockstep.example}. */
  public LockstepClientBuilder address(String address) {
    this.address = address;
    return this;
  }

  /**
   * The token, exactly as it was shown.
   *
   * @throws IllegalArgumentException if it is none; it is not repeated
   */
  public LockstepClientBuilder token(String token) {
    try {
      this.token = Token.parse(token.strip());
    } catch (CryptoException e) {
      throw new IllegalArgumentException(
          "the token is not legal (" + e.getMessage() + "); use it exactly as it was shown");
    }
    return this;
  }

  /**
   * Address and token from variables, as {@link LockstepClient#fromEnvironment} takes them.
   *
   * @throws IllegalArgumentException if variables are missing or not legal
   */
  public LockstepClientBuilder fromEnvironment(Map<String, String> variables) {
    boolean isOurs =
        variables.containsKey("LOCKSTEP_ADDRESS") || variables.containsKey("LOCKSTEP_TOKEN");
    return isOurs
        ? from(variables, "LOCKSTEP_ADDRESS", "LOCKSTEP_TOKEN")
        : from(variables, "PHASE_HOST", "PHASE_SERVICE_TOKEN");
  }

  private LockstepClientBuilder from(
      Map<String, String> variables, String addressName, String tokenName) {
    String addressText = variables.get(addressName);
    String tokenText = variables.get(tokenName);
    if (addressText == null || tokenText == null) {
      throw new IllegalArgumentException(
          "set LOCKSTEP_ADDRESS and LOCKSTEP_TOKEN (or both PHASE_HOST and PHASE_SERVICE_TOKEN); "
              + (addressText == null ? addressName : tokenName)
              + " is missing");
    }
    return address(addressText).token(tokenText);
  }

  /**
   * Allows {@code http} to hosts other than this machine. Whoever can watch the network there gets
   * the bearer token, with which the server gives out the secrets of apps that it can open, and
   * lets everything be changed that the owner may change.
   */
  public LockstepClientBuilder allowPlainHttp() {
    this.allowsPlainHttp = true;
    return this;
  }

  /** How long a call may take, with all its requests, repetitions and pauses; a minute if unset. */
  public LockstepClientBuilder timeout(Duration timeout) {
    this.timeout = positive(timeout);
    return this;
  }

  /** How long to wait for one answer before asking again; 20 seconds if unset. */
  public LockstepClientBuilder attemptTimeout(Duration attemptTimeout) {
    this.attemptTimeout = positive(attemptTimeout);
    return this;
  }

  /**
   * How often at most to send a request, the first time included; 5 if unset, 1 to never repeat.
   */
  public LockstepClientBuilder attempts(int attempts) {
    if (attempts < 1) {
      throw new IllegalArgumentException("a request has to be sent at least once");
    }
    this.backoff = new Backoff(attempts, backoff.first(), backoff.longest());
    return this;
  }

  /** What to do with references in values; {@link ReferenceMode#RESOLVE} if unset. */
  public LockstepClientBuilder references(ReferenceMode mode) {
    this.mode = mode;
    return this;
  }

  /** Keeps answers for times when the server does not answer; not done if unset. */
  public LockstepClientBuilder offlineCache(OfflineCache cache) {
    this.cache = cache;
    return this;
  }

  /** Which servers to trust, and with what certificate to answer; the JVM's defaults if unset. */
  public LockstepClientBuilder sslContext(SSLContext ssl) {
    this.ssl = ssl;
    return this;
  }

  /** What the audit log of the server shows as the program. */
  public LockstepClientBuilder userAgent(String userAgent) {
    if (!userAgent.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("the user agent must be printable ASCII");
    }
    this.userAgent = userAgent;
    return this;
  }

  /**
   * Says that the program is over in a moment, as a command is. The client then does without what
   * makes many requests fast, but takes its time to set up. All else stays as promised.
   */
  public LockstepClientBuilder briefly() {
    this.isBrief = true;
    return this;
  }

  LockstepClientBuilder timing(Timing timing) {
    this.timing = timing;
    return this;
  }

  LockstepClientBuilder bodies(BodyLimits bodies) {
    this.bodies = bodies;
    return this;
  }

  /**
   * The client.
   *
   * @throws IllegalArgumentException if address or token are missing, or the address is not legal
   */
  public LockstepClient build() {
    if (address == null || token == null) {
      throw new IllegalArgumentException("a client needs an address and a token");
    }
    Address server = Address.parse(address, allowsPlainHttp);
    Carrier.Head head = new Carrier.Head(server, "Bearer " + token.bearerHeaderValue(), userAgent);
    Carrier carrier =
        isBrief ? new BriefCarrier(head, bodies, ssl) : new HttpClientCarrier(head, bodies, ssl);
    Transport transport = new Transport(server, carrier, attemptTimeout, backoff, timing);
    CacheFolder folder =
        cache == null
            ? null
            : new CacheFolder(cache.folder(), cache.maxAge(), new CacheKeys(token, server));
    Fetcher fetcher = new Fetcher(transport, folder, timing);
    Sessions sessions = new Sessions(fetcher, timing);
    KeyVault keys = new KeyVault(token);
    SecretReader reader = new SecretReader(sessions, fetcher, keys);
    Core core =
        new Core(
            server,
            timing,
            cache == null ? Staleness.NEVER : cache.staleness(),
            transport,
            fetcher,
            sessions,
            keys,
            reader,
            new SecretWriter(reader, transport, keys));
    return new LockstepClient(core, token.kind(), timeout, mode);
  }

  static Duration positive(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("a time limit must be more than nothing");
    }
    return duration;
  }

  @Override
  public String toString() {
    return "LockstepClientBuilder[" + address + "]";
  }
}
