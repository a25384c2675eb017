package lockstep.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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

  private static final Set<String> PUBLIC = Set.of("/", "/health/", "/health/ready/");

  private static final Set<String> LEGACY_SERVICE_TOKENS = Set.of("/v1/secrets/");

  @Test
  void strangersMayCallTheseRoutesAndNoOthers() {
    assertThat(templates(Access.PUBLIC)).containsExactlyInAnyOrderElementsOf(PUBLIC);
    assertThat(server.routes())
        .filteredOn(route -> route.access() == Access.PUBLIC)
        .allMatch(route -> route.methods().equals(List.of("GET")));
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
