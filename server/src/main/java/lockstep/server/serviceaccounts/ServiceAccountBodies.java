package lockstep.server.serviceaccounts;

import java.time.Instant;
import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;

/** Reads the bodies of requests about service accounts. */
final class ServiceAccountBodies {

  private static final int MAXIMUM_NAME = 64;
  private static final long MAXIMUM_SECONDS = 3_153_600_000L;

  /** What a client asks for when it creates an account. */
  record WantedAccount(String name, String tokenName, String roleId) {}

  /** What a client wants changed. */
  record Change(Optional<String> name, Optional<String> roleId) {}

  /** What a client asks for when it creates a token; no expiry means never. */
  record WantedToken(String name, Optional<Instant> expiresAt) {}

  private ServiceAccountBodies() {}

  static WantedAccount wantedAccount(Fields body) {
    String name = body.requiredCleanedText("name", MAXIMUM_NAME);
    String tokenName =
        body.isPresentEvenNull("token_name")
            ? body.requiredCleanedText("token_name", MAXIMUM_NAME)
            : "Default";
    return new WantedAccount(name, tokenName, body.requiredText("role_id"));
  }

  /** Whether the account shall belong to a team, as far as one can tell before any check. */
  static boolean namesTeam(Call call) {
    try {
      return call.body()
          .value("team_id")
          .flatMap(JsonValue::text)
          .filter(id -> !id.isEmpty())
          .isPresent();
    } catch (ApiException e) {
      return false;
    }
  }

  static Optional<String> teamId(Fields body) {
    return body.text("team_id").filter(id -> !id.isEmpty());
  }

  static Change change(Fields body) {
    if (!body.has("name") && !body.has("role_id")) {
      throw ApiException.badRequest("At least one of 'name' or 'role_id' must be provided.");
    }
    Optional<String> name =
        body.has("name")
            ? Optional.of(body.requiredCleanedText("name", MAXIMUM_NAME))
            : Optional.empty();
    return new Change(name, body.text("role_id"));
  }

  static WantedToken wantedToken(Fields body, Instant now) {
    String name = body.requiredCleanedText("name", MAXIMUM_NAME);
    if (body.isPresentEvenNull("expiry")) {
      throw ApiException.badRequest(
          "Unknown field 'expiry'. Use 'expires_at' (ISO-8601 with timezone) or 'expires_in'"
              + " (positive integer seconds).");
    }
    return new WantedToken(name, expiry(body, now));
  }

  private static Optional<Instant> expiry(Fields body, Instant now) {
    if (body.has("expires_at")) {
      return body.value("expires_at").map(value -> expiresAt(value, now));
    }
    if (body.has("expires_in")) {
      return body.value("expires_in").map(value -> now.plusSeconds(expiresIn(value)));
    }
    return Optional.empty();
  }

  private static Instant expiresAt(JsonValue value, Instant now) {
    String text =
        value
            .text()
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "'expires_at' must be an ISO-8601 datetime string with timezone (e.g."
                            + " '2026-12-31T23:59:59Z')."));
    ExpiryTime.Reading reading =
        ExpiryTime.read(text)
            .orElseThrow(
                () -> ApiException.badRequest("'expires_at' is not a valid ISO-8601 datetime."));
    return switch (reading) {
      case ExpiryTime.WithoutOffset _ ->
          throw ApiException.badRequest(
              "'expires_at' must include a timezone offset (e.g. 'Z' or '+00:00').");
      case ExpiryTime.Moment moment -> requireFuture(moment.instant(), now);
    };
  }

  private static Instant requireFuture(Instant time, Instant now) {
    if (!time.isAfter(now)) {
      throw ApiException.badRequest("'expires_at' must be in the future.");
    }
    return time;
  }

  private static long expiresIn(JsonValue value) {
    return value
        .integer()
        .filter(seconds -> seconds > 0 && seconds <= MAXIMUM_SECONDS)
        .orElseThrow(
            () -> ApiException.badRequest("'expires_in' must be a positive integer (seconds)."));
  }
}
