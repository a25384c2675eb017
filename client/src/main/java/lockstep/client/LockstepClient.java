package lockstep.client;

import java.time.Duration;
import java.util.List;
import lockstep.crypto.Token;

/**
 * Access to the secrets that a token opens.
 *
 * <pre>{@code
 * try (LockstepClient client = LockstepClient.connect("https://lockstep.example", token)) {
 *   Map<String, String> secrets = client.environment("my-app", "Production").values();
 * }
 * }</pre>
 *
 * <p>Secrets are encrypted and decrypted here; the server needs no key for it. Making a client
 * sends nothing: the first request comes with the first call. Requests that fail for a reason that
 * may pass are repeated with growing pauses, as long as a call may take, which is a minute unless
 * it is {@linkplain #within limited} otherwise. Interrupting the thread ends a call at once with
 * {@link CancelledException}.
 *
 * <p>Immutable, and safe for use by several threads; make one and keep it. Closing it erases the
 * keys, as far as a JVM can, but not the token, which is text that only garbage collection removes
 * from memory. {@link LockstepClientBuilder} has the settings.
 */
public final class LockstepClient implements AutoCloseable {

  private final Core core;
  private final Token.Kind kind;
  private final Duration limit;
  private final ReferenceMode mode;

  LockstepClient(Core core, Token.Kind kind, Duration limit, ReferenceMode mode) {
    this.core = core;
    this.kind = kind;
    this.limit = limit;
    this.mode = mode;
  }

  /**
   * A client with the usual settings.
   *
   * @param address such as {@code https://lockstep.example}; slashes at the end do not matter
   * @param token a token of any kind, exactly as it was shown: {@code pss_user:...} or {@code
   *     pss_service:...}
   * @throws IllegalArgumentException if the address or the token is none, or if the token would go
   *     over the network unencrypted
   */
  public static LockstepClient connect(String address, String token) {
    return builder().address(address).token(token).build();
  }

  /**
   * A client with the usual settings and with the address and token of the environment variables
   * {@code LOCKSTEP_ADDRESS} and {@code LOCKSTEP_TOKEN}; if there is neither of them, with {@code
   * PHASE_HOST} and {@code PHASE_SERVICE_TOKEN}. The pairs are never mixed, so that no token goes
   * to the server of another.
   *
   * @throws IllegalArgumentException if variables are missing or not legal
   */
  public static LockstepClient fromEnvironment() {
    return builder().fromEnvironment(System.getenv()).build();
  }

  /** Settings for a client. */
  public static LockstepClientBuilder builder() {
    return new LockstepClientBuilder();
  }

  /** Address of the server, without a slash at the end. */
  public String address() {
    return core.address().text();
  }

  /** Whose token this is. Asks the server. */
  public Owner owner() {
    TokensAnswer answer = core.sessions().renewed(core.call(limit)).answer();
    return new Owner(kind, answer.accountId(), answer.organisationId(), answer.organisationName());
  }

  /** The apps and environments that the token opens, in the order of the server, which is asked. */
  public List<App> apps() {
    return core.sessions().renewed(core.call(limit)).answer().apps().stream()
        .map(TokensAnswer.AppEntry::app)
        .toList();
  }

  /**
   * An app.
   *
   * @param app its id, or its name without regard to case; not a part of the name
   * @throws NotFoundException if there is none, or if several have the name
   */
  public App app(String app) {
    Call call = core.call(limit);
    Session session = core.sessions().recent(call);
    try {
      return session.app(app).app();
    } catch (NotFoundException e) {
      return renewed(call, e).app(app).app();
    }
  }

  /**
   * An environment.
   *
   * @param app id of the app, or its name without regard to case; not a part of the name
   * @param environment the same of the environment
   * @throws NotFoundException if there is none, or if several apps have the name
   */
  public Environment environment(String app, String environment) {
    Call call = core.call(limit);
    Session session = core.sessions().recent(call);
    Session.Place place;
    try {
      place = Session.environment(session.app(app), environment);
    } catch (NotFoundException e) {
      place = Session.environment(renewed(call, e).app(app), environment);
    }
    return new Environment(core, place.app().app(), place.environment().info(), limit, mode);
  }

  /** What is not there may have been added since. */
  private Session renewed(Call call, NotFoundException otherwise) {
    if (call.sessionIsNew()) {
      throw otherwise;
    }
    return core.sessions().renewed(call);
  }

  /**
   * The same client, with this much time for each call. Both are closed together.
   *
   * @throws IllegalArgumentException if it is no time at all
   */
  public LockstepClient within(Duration limit) {
    return new LockstepClient(core, kind, LockstepClientBuilder.positive(limit), mode);
  }

  /** Erases the keys, though not the token, and ends what is under way. */
  @Override
  public void close() {
    core.close();
  }

  @Override
  public String toString() {
    return "LockstepClient[" + core.address() + "]";
  }
}
