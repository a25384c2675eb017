package lockstep.server.security;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.server.ServerUnderTest;
import lockstep.server.http.Access;
import lockstep.server.http.Route;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * Every route, method, target and caller: the decision is the one that a model of the rules makes.
 * The routes are those that the server has; one that the model does not know fails.
 */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class AuthorisationMatrixTest {

  @Parameter Backend backend;

  private ServerUnderTest server;
  private final List<String> mismatches = new ArrayList<>();
  private int cells;

  @BeforeEach
  void useSharedServer() {
    server = backend.server();
  }

  @Test
  void theModelKnowsExactlyTheRoutesThatNeedCredentials() {
    assertThat(routes())
        .extracting(Route::template)
        .containsExactlyInAnyOrderElementsOf(MatrixModel.ROUTES.keySet());
  }

  /** The decisions are the same program on both databases; on one, fewer requests are enough. */
  @Test
  void everyDecisionIsTheOneOfTheModel() {
    Sample sample = Sample.oneOf(backend == Backend.SQLITE ? 2 : 6);
    MatrixWorld world = new MatrixWorld(server);
    int foreignEvents = events(world.foreignId());

    for (Route route : routes()) {
      for (String method : route.methods()) {
        for (MatrixCaller caller : MatrixCaller.values()) {
          if (sample.takesNext()) {
            decide(world, route.template(), method, caller);
          }
        }
      }
    }

    assertThat(mismatches)
        .as(() -> "of %d requests:%n%s%n".formatted(cells, String.join("\n", mismatches)))
        .isEmpty();
    assertThat(cells).isGreaterThan(backend == Backend.SQLITE ? 2500 : 500);
    assertThat(events(world.foreignId()))
        .as("events of the other organisation")
        .isEqualTo(foreignEvents);
  }

  private void decide(MatrixWorld world, String template, String method, MatrixCaller caller) {
    MatrixModel.Entry entry = Objects.requireNonNull(MatrixModel.ROUTES.get(template));
    Map<String, Set<MatrixTarget>> answersToNothing = new HashMap<>();
    for (MatrixTarget target : entry.targets()) {
      MatrixDecision expected = entry.expected(template, caller, method, target);
      MatrixRequest request =
          new MatrixRequest(
              world, caller, template, method, target, expected == MatrixDecision.ALLOWED);
      String address = request.address();
      TestResponse answer = request.sender().sendText(method, address, request.body());
      cells++;
      if (MatrixDecision.of(answer.status()) != expected || answer.status() >= 500) {
        mismatches.add(
            "%s %s of %s by %s: expected %s, was %s"
                .formatted(method, template, target, caller, expected, answer));
      }
      if (target.isNothing()) {
        answersToNothing
            .computeIfAbsent(withoutIds(answer, address), _ -> new LinkedHashSet<>())
            .add(target);
      }
    }
    if (answersToNothing.size() > 1) {
      mismatches.add(
          "%s %s by %s: these can be told apart: %s"
              .formatted(method, template, caller, answersToNothing));
    }
  }

  private static String withoutIds(TestResponse answer, String address) {
    String text = answer.toString();
    for (String part : address.split("[/?&=]", -1)) {
      if (part.equals("no-id") || part.length() == 36) {
        text = text.replace(part, "<id>");
      }
    }
    return text;
  }

  private List<Route> routes() {
    return server.routes().stream()
        .filter(route -> route.access() != Access.PUBLIC)
        .collect(Collectors.toList());
  }

  private int events(UUID organisation) {
    return server
        .database()
        .read(db -> db.fetchCount(AUDIT_EVENT, AUDIT_EVENT.ORGANISATION_ID.eq(organisation)));
  }
}
