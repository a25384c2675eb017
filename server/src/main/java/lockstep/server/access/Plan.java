package lockstep.server.access;

import java.time.Duration;
import java.util.Optional;

/** What an organisation has subscribed to. Selects its rate limit, and gates nothing. */
public enum Plan {
  FREE,
  PRO,
  ENTERPRISE;

  /** The limit of hosted organisations where none is configured; none if agreed individually. */
  Optional<RateLimit> builtInLimit() {
    return switch (this) {
      case FREE -> Optional.of(new RateLimit(120, Duration.ofMinutes(1)));
      case PRO -> Optional.of(new RateLimit(240, Duration.ofMinutes(1)));
      case ENTERPRISE -> Optional.empty();
    };
  }
}
