package lockstep.server.lockbox;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import lockstep.crypto.Ciphertext;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What a member wants to share.
 *
 * @param ciphertext well-formed, which is all that can be checked
 * @param expiresAt null if never
 * @param allowedViews null if any number
 */
record NewLockbox(String ciphertext, @Nullable Instant expiresAt, @Nullable Long allowedViews) {

  private static final int MAXIMUM_CIPHERTEXT = 131_072;
  private static final long MAXIMUM_VIEWS = 10_000;
  private static final Duration MAXIMUM_LIFE = Duration.ofDays(366);

  static NewLockbox read(Fields body, Instant now) {
    Fields data = body.fields("data").orElseThrow(() -> body.missing("data"));
    String ciphertext = data.requiredText("data");
    if (ciphertext.length() > MAXIMUM_CIPHERTEXT) {
      throw ApiException.badRequest(
          "'data.data' cannot exceed " + MAXIMUM_CIPHERTEXT + " characters.");
    }
    if (!Ciphertext.isWellFormed(ciphertext)) {
      throw ApiException.badRequest("'data.data' must be a ph:v1 ciphertext.");
    }
    return new NewLockbox(ciphertext, expiry(body, now), allowedViews(body));
  }

  private static @Nullable Instant expiry(Fields body, Instant now) {
    Optional<Long> millis = body.integer("expiry");
    if (millis.isEmpty()) {
      return null;
    }
    long latest = now.plus(MAXIMUM_LIFE).toEpochMilli();
    if (millis.get() <= now.toEpochMilli() || millis.get() > latest) {
      throw ApiException.badRequest(
          "'expiry' must be a time in the next "
              + MAXIMUM_LIFE.toDays()
              + " days, in milliseconds since 1970.");
    }
    return Instant.ofEpochMilli(millis.get());
  }

  private static @Nullable Long allowedViews(Fields body) {
    Optional<Long> views = body.integer("allowedViews");
    if (views.isPresent() && (views.get() < 1 || views.get() > MAXIMUM_VIEWS)) {
      throw ApiException.badRequest("'allowedViews' must be from 1 to " + MAXIMUM_VIEWS + ".");
    }
    return views.orElse(null);
  }

  @Override
  public String toString() {
    return "NewLockbox[not shown]";
  }
}
