package lockstep.client;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Too many requests, also after waiting as long as the call may take. */
public final class RateLimitedException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  private final @Nullable Duration retryAfter;

  RateLimitedException(String message, Optional<Duration> retryAfter) {
    super(message);
    this.retryAfter = retryAfter.orElse(null);
  }

  /** How long the server asks to wait, if it does. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(retryAfter);
  }
}
