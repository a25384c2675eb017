package lockstep.server.serviceaccounts;

import java.time.Instant;
import java.util.Optional;
import lockstep.server.auth.TokenExpiry;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;

/** Reads the bodies of requests about service accounts. */
final class ServiceAccountBodies {

  private static final int MAXIMUM_NAME = 64;

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
    return new WantedToken(name, TokenExpiry.read(body, now));
  }
}
