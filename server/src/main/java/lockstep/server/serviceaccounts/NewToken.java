package lockstep.server.serviceaccounts;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A token that was just made, in the clear. Answered once, and stored nowhere in this form. */
record NewToken(
    UUID id,
    String name,
    Instant createdAt,
    @Nullable Instant expiresAt,
    String token,
    String bearerToken) {

  @Override
  public String toString() {
    return "NewToken[" + id + ", hidden]";
  }
}
