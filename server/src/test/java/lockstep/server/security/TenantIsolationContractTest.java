package lockstep.server.security;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import lockstep.server.access.DefaultRole;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/**
 * Every route, every id that it takes, and every thing that the id can stand for. What belongs to
 * others, was deleted, never was or is no id at all is answered alike, and nothing of it changes. A
 * route that is in neither table fails the build.
 */
@ContractTest
final class TenantIsolationContractTest extends OnBothDatabases {

  /** An id that a route takes: what it names, and the address with some id in its place. */
  private record Parameter(
      String name, Function<World, String> idIn, BiFunction<String, TestApp, String> address) {}

  /** An organisation with something in it. */
  private record World(TestOrganisation organisation, TestApp app, String secret) {

    static World in(TestOrganisation organisation) {
      TestApp app = organisation.app("app", "Development", "own-" + UUID.randomUUID());
      String secret =
          organisation
              .owner()
              .post(app.secrets(), TestApp.body(TestApp.secret("K", "v")))
              .is(201)
              .id();
      return new World(organisation, app, secret);
    }

    String ownEnvironmentName() {
      return app.environments().keySet().stream()
          .filter(name -> name.startsWith("own-"))
          .findFirst()
          .orElseThrow();
    }

    /** All that its owner sees. */
    List<String> state() {
      TestCaller owner = organisation.owner();
      return List.of(
          owner.get("/v1/apps/").is(200).text(),
          owner.get("/v1/environments/?app_id=" + app.id()).is(200).text(),
          owner.get(app.secrets()).is(200).text(),
          owner.get(app.secrets(ownEnvironmentName())).is(200).text());
    }
  }

  private static final Parameter APP_IN_PATH =
      new Parameter("app", world -> world.app().id(), (id, _) -> "/v1/apps/" + id + "/");

  private static final Map<String, List<Parameter>> PARAMETERS =
      Map.of(
          "/v1/apps/:id/",
          List.of(APP_IN_PATH),
          "/v1/environments/",
          List.of(
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, _) -> "/v1/environments/?app_id=" + id)),
          "/v1/environments/:id/",
          List.of(
              new Parameter(
                  "id",
                  world -> world.app().environment("Development"),
                  (id, _) -> "/v1/environments/" + id + "/"),
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, own) ->
                      "/v1/environments/" + own.environment("Development") + "/?app_id=" + id)),
          "/v1/secrets/",
          List.of(
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, _) -> "/v1/secrets/?app_id=" + id + "&env=Development"),
              new Parameter("env", World::ownEnvironmentName, (name, own) -> own.secrets(name))));

  private static final Set<String> WITHOUT_IDS =
      Set.of("/", "/health/", "/health/ready/", "/v1/apps/");

  @Test
  void everyRouteIsInOneOfTheTables() {
    assertThat(server.routes())
        .extracting(Route::template)
        .allSatisfy(
            template ->
                assertThat(PARAMETERS.containsKey(template) != WITHOUT_IDS.contains(template))
                    .as("%s must be listed with the ids that it takes, or as taking none", template)
                    .isTrue());
    assertThat(WITHOUT_IDS).noneMatch(template -> template.contains(":"));
  }

  @Test
  void whatIsNotOursIsAnsweredLikeWhatDoesNotExist() {
    World foreign = World.in(TestOrganisation.create(server));
    List<String> before = foreign.state();
    World own = World.in(organisation);
    TestCaller manager = organisation.member(DefaultRole.MANAGER);
    organisation.grant(manager, own.app(), "Development");
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, own.app(), "Development");
    List<String> ownBefore = own.state();

    for (Route route : server.routes()) {
      for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
        for (String method : route.methods()) {
          for (TestCaller caller : List.of(owner, manager, account)) {
            String deleted = deleted(parameter);
            List<String> ids =
                List.of(
                    parameter.idIn().apply(foreign),
                    deleted,
                    UUID.randomUUID().toString(),
                    "no-id");
            List<String> answers = new ArrayList<>();
            for (String id : ids) {
              TestResponse answer =
                  send(caller, method, parameter.address().apply(id, own.app()), own);
              answers.add(answer.status() + " " + answer.text().replace(id, "<id>"));
            }
            String what = "%s %s by %s".formatted(method, route.template(), parameter.name());
            assertThat(answers).as(what).allMatch(answer -> answer.startsWith("404 "));
            assertThat(Set.copyOf(answers)).as(what).hasSize(1);
          }
        }
      }
    }
    assertThat(foreign.state()).isEqualTo(before);
    assertThat(own.state()).isEqualTo(ownBefore);
  }

  /** The id of something that this organisation had. */
  private String deleted(Parameter parameter) {
    World gone = World.in(organisation);
    String id = parameter.idIn().apply(gone);
    owner.delete("/v1/apps/" + gone.app().id() + "/").is(204);
    return id;
  }

  @Test
  void whatIsOursButNotGrantedIsRefusedAndStaysAsItIs() {
    World own = World.in(organisation);
    List<String> before = own.state();
    for (TestCaller caller :
        List.of(
            organisation.member(DefaultRole.MANAGER),
            organisation.serviceAccount(DefaultRole.SERVICE))) {
      for (Route route : server.routes()) {
        for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
          for (String method : route.methods()) {
            String address = parameter.address().apply(parameter.idIn().apply(own), own.app());
            TestResponse answer = send(caller, method, address, own);
            assertThat(answer.status())
                .as("%s %s: %s", method, address, answer.text())
                .isEqualTo(403);
          }
        }
      }
    }
    assertThat(own.state()).isEqualTo(before);
  }

  @Test
  void whatIsOursIsServed() {
    for (Route route : server.routes()) {
      for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
        for (String method : route.methods()) {
          World own = World.in(organisation);
          String address = parameter.address().apply(parameter.idIn().apply(own), own.app());
          // The secret to change is in Development, so changes there are what is tried.
          boolean elsewhere = parameter.name().equals("env") && !method.equals("GET");
          TestResponse answer = send(owner, method, elsewhere ? own.app().secrets() : address, own);
          assertThat(answer.status())
              .as("%s %s: %s", method, address, answer.text())
              .isIn(200, 201, 204);
        }
      }
    }
  }

  /** Sends a body that would be right. */
  private static TestResponse send(TestCaller caller, String method, String address, World own) {
    boolean secrets = address.startsWith("/v1/secrets/");
    return switch (method) {
      case "GET" -> caller.get(address);
      case "POST" ->
          caller.post(
              address, secrets ? TestApp.body(TestApp.secret("NEW", "v")) : object("name", "new"));
      case "PUT" ->
          caller.put(
              address,
              secrets
                  ? TestApp.body(object("id", own.secret(), "value", "changed"))
                  : object("name", "changed"));
      case "DELETE" ->
          secrets ? caller.delete(address, TestApp.body(own.secret())) : caller.delete(address);
      default -> throw new IllegalArgumentException("no body known for " + method);
    };
  }

  @Test
  void secretsOfOthersAreUnknownInBodiesToo() {
    World foreign = World.in(TestOrganisation.create(server));
    World own = World.in(organisation);
    World sibling = World.in(organisation);
    World gone = World.in(organisation);
    owner.delete(gone.app().secrets(), TestApp.body(gone.secret())).is(200);
    List<String> before = foreign.state();
    List<String> siblingBefore = sibling.state();
    List<String> ownBefore = own.state();
    for (String id :
        List.of(
            foreign.secret(),
            sibling.secret(),
            gone.secret(),
            UUID.randomUUID().toString(),
            "no-id")) {
      owner
          .put(
              own.app().secrets(),
              TestApp.body(
                  object("id", own.secret(), "value", "w"), object("id", id, "value", "w")))
          .isError(404, "Secret not found: " + id);
      owner
          .delete(own.app().secrets(), TestApp.body(own.secret(), id))
          .isError(404, "Secret(s) not found in this environment: " + id);
    }
    assertThat(foreign.state()).isEqualTo(before);
    assertThat(sibling.state()).isEqualTo(siblingBefore);
    assertThat(own.state()).isEqualTo(ownBefore);
  }
}
