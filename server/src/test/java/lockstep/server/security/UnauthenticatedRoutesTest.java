package lockstep.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lockstep.server.http.Access;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import org.junit.jupiter.api.Test;

/**
 * Which routes strangers may call. A new one is a decision: it is added here by somebody who has
 * thought about what it gives away and how often it may be called.
 */
@ContractTest
final class UnauthenticatedRoutesTest extends OnBothDatabases {

  /** With the reason why nobody need be known there. */
  private static final Map<String, String> PUBLIC =
      Map.of(
          "GET /", "says that something is there",
          "GET /health/", "for load balancers; tells the version, as clients need",
          "GET /health/ready/", "for load balancers; answers are kept for a while",
          "GET /openapi.json/", "the same file for everybody, made at the start",
          "GET /docs/", "the same page for everybody, made at the start",
          "POST /logout/", "ends nothing yet, as nobody is logged in otherwise than by a token",
          "GET /v1/invites/:id/", "invitees have no token yet; asks for the code of the link",
          "POST /v1/invites/:id/accept/",
              "invitees have no token yet; asks for the code of the link, and attempts are bounded",
          "GET /lockbox/:id/", "who has the link needs no account; the id cannot be guessed",
          "POST /lockbox/:id/",
              "who has the link needs no account; gives a ciphertext, as often as its owner said");

  private static final Set<String> LEGACY_SERVICE_TOKENS =
      Set.of("/v1/secrets/", "/secrets/", "/secrets/tokens/");

  @Test
  void strangersMayCallTheseRoutesAndNoOthers() {
    List<String> routes = new ArrayList<>();
    for (Route route : server.routes()) {
      if (route.access() == Access.PUBLIC) {
        route.methods().forEach(method -> routes.add(method + " " + route.template()));
      }
    }
    assertThat(routes).containsExactlyInAnyOrderElementsOf(PUBLIC.keySet());
  }

  @Test
  void legacyServiceTokensMayCallTheseRoutesAndNoOthers() {
    assertThat(templates(Access.ACCOUNT_OR_SERVICE_TOKEN))
        .containsExactlyInAnyOrderElementsOf(LEGACY_SERVICE_TOKENS);
  }

  private Iterable<String> templates(Access access) {
    return server.routes().stream()
        .filter(route -> route.access() == access)
        .map(Route::template)
        .toList();
  }
}
