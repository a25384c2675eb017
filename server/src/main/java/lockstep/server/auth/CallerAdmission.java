package lockstep.server.auth;

import java.util.Optional;
import java.util.function.LongSupplier;
import lockstep.server.access.Caller;
import lockstep.server.access.RateDecision;
import lockstep.server.access.RateLimit;
import lockstep.server.access.RateLimits;
import lockstep.server.access.SlidingWindowLimiter;
import lockstep.server.audit.RefusedRequests;
import lockstep.server.http.Access;
import lockstep.server.http.Admission;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.ids.AccountId;

/** Lets requests with a live token in, if they come from where and as often as they may. */
public final class CallerAdmission implements Admission<Caller> {

  /** Accounts whose recent requests are remembered; those of the others are long past. */
  private static final int MAXIMUM_ACCOUNTS = 100_000;

  private final Authenticator authenticator;
  private final RateLimits limits;
  private final RefusedRequests refusals;
  private final SlidingWindowLimiter<AccountId> limiter;

  /**
   * Decides with these parts.
   *
   * @param nanoTime a clock that never goes back
   */
  public CallerAdmission(
      Authenticator authenticator,
      RateLimits limits,
      RefusedRequests refusals,
      LongSupplier nanoTime) {
    this.authenticator = authenticator;
    this.refusals = refusals;
    this.limits = limits;
    this.limiter = new SlidingWindowLimiter<>(MAXIMUM_ACCOUNTS, nanoTime);
  }

  @Override
  public Caller authenticate(Call call, Access access) {
    return switch (access) {
      case ACCOUNT -> authenticator.authenticate(call, false);
      case ACCOUNT_OR_SERVICE_TOKEN -> authenticator.authenticate(call, true);
      // An account's token must never do for one of a provider, and there are none of those yet.
      case PROVISIONING -> throw ApiException.unauthorized("Invalid token");
      case PUBLIC -> throw new IllegalArgumentException("public routes have no caller");
    };
  }

  @Override
  public Object account(Caller caller) {
    return caller.account();
  }

  @Override
  public void refused(Caller caller, Call call, String route, ApiException refusal) {
    refusals.record(caller, call, route, refusal);
  }

  @Override
  public void admit(Caller caller, Call call) {
    if (!caller.policies().allow(caller.origin().clientAddress())) {
      throw ApiException.forbidden(
          "Access denied: a network access policy restricts access from your IP address.");
    }
    Optional<RateLimit> limit = limits.forAccounts(caller.plan());
    if (limit.isPresent()
        && limiter.request(caller.account(), limit.get())
            instanceof RateDecision.Throttled throttled) {
      throw ApiException.tooManyRequests(throttled.retryAfterSeconds());
    }
  }
}
