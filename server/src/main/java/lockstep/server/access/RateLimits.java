package lockstep.server.access;

import java.util.Map;
import java.util.Optional;

/**
 * Which rate limit holds for whom.
 *
 * @param ofPlans the limits configured for plans
 * @param ofAll the limit configured for everybody without one of a plan
 * @param hosted whether plans without any configured limit have a built-in one
 */
public record RateLimits(Map<Plan, RateLimit> ofPlans, Optional<RateLimit> ofAll, boolean hosted) {

  /** No limits at all. */
  public static final RateLimits NONE = new RateLimits(Map.of(), Optional.empty(), false);

  /** Keeps a copy of the map. */
  public RateLimits {
    ofPlans = Map.copyOf(ofPlans);
  }

  /** The limit for each account of an organisation with this plan; none if unlimited. */
  public Optional<RateLimit> forAccounts(Plan plan) {
    return Optional.ofNullable(ofPlans.get(plan))
        .or(() -> ofAll)
        .or(() -> hosted ? plan.builtInLimit() : Optional.empty());
  }

  /** The limit for each address that sends requests without a token; none if unlimited. */
  public Optional<RateLimit> forAnonymous() {
    return ofAll;
  }
}
