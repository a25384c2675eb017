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
import lockstep.crypto.Ciphertext;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.Sample;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestCeremony;
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
      String name, Function<World, String> idIn, BiFunction<String, World, String> address) {}

  /** Routes whose things are reached by being granted; the others' by a permission alone. */
  private static final Set<String> BY_GRANT =
      Set.of(
          "/v1/apps/:id/",
          "/v1/environments/",
          "/v1/environments/:id/",
          "/v1/secrets/",
          "/v1/environments/:id/history/",
          "/v1/environments/:id/history/diff/",
          "/v1/environments/:id/history/rollback/",
          "/v1/environments/:id/rotate-keys/",
          "/v1/secrets/:id/versions/",
          "/v1/secrets/:id/restore/",
          "/secrets/",
          "/v1/end-to-end/apps/:id/",
          "/v1/end-to-end/apps/:id/encryption/",
          "/v1/end-to-end/recipients/",
          "/v1/end-to-end/environments/",
          "/v1/end-to-end/environments/:id/",
          "/v1/end-to-end/environments/:id/recipients/",
          "/v1/end-to-end/environments/:id/keys/",
          "/v1/end-to-end/environments/:id/rotations/");

  private static final String SOME_TIME = "2026-02-03T04:05:06Z";

  /** What it leads to is for everybody who has the id. */
  private static final String BY_LINK = "/lockbox/:id/";

  /** Routes of which one without permissions learns only that there is nothing for it. */
  private static final Set<String> WITHOUT_PERMISSION =
      Set.of("/v1/tokens/:id/", "/v1/invites/:id/", "/v1/invites/:id/accept/");

  private static final Parameter APP_IN_PATH =
      new Parameter("app", world -> world.app().id(), (id, _) -> "/v1/apps/" + id + "/");

  private static final Map<String, List<Parameter>> PARAMETERS =
      Map.ofEntries(
          entry("/v1/apps/:id/", APP_IN_PATH),
          entry(
              "/v1/environments/",
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, _) -> "/v1/environments/?app_id=" + id)),
          entry(
              "/v1/environments/:id/",
              new Parameter(
                  "id",
                  world -> world.app().environment("Development"),
                  (id, _) -> "/v1/environments/" + id + "/"),
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, own) ->
                      "/v1/environments/"
                          + own.app().environment("Development")
                          + "/?app_id="
                          + id)),
          entry(
              "/v1/secrets/",
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, _) -> "/v1/secrets/?app_id=" + id + "&env=Development"),
              new Parameter(
                  "env", World::ownEnvironmentName, (name, own) -> own.app().secrets(name))),
          ofEnvironment("/v1/environments/:id/history/", "?at=" + SOME_TIME),
          ofEnvironment(
              "/v1/environments/:id/history/diff/", "?from=" + SOME_TIME + "&to=" + SOME_TIME),
          ofEnvironment("/v1/environments/:id/history/rollback/", ""),
          ofEnvironment("/v1/environments/:id/rotate-keys/", ""),
          ofSecret("/v1/secrets/:id/versions/"),
          ofSecret("/v1/secrets/:id/restore/"),
          entry(
              "/secrets/",
              new Parameter(
                  "app_id",
                  world -> world.app().id(),
                  (id, _) -> "/secrets/?app_id=" + id + "&env=Development"),
              new Parameter(
                  "env",
                  World::ownEnvironmentName,
                  (name, own) -> "/secrets/?app_id=" + own.app().id() + "&env=" + name)),
          byId("/v1/end-to-end/apps/:id/", world -> world.vault().id()),
          byId("/v1/end-to-end/apps/:id/encryption/", world -> world.vault().id()),
          inQuery("/v1/end-to-end/recipients/"),
          inQuery("/v1/end-to-end/environments/"),
          byId("/v1/end-to-end/environments/:id/", TenantIsolationContractTest::vaultEnvironment),
          byId(
              "/v1/end-to-end/environments/:id/recipients/",
              TenantIsolationContractTest::vaultEnvironment),
          byId(
              "/v1/end-to-end/environments/:id/keys/",
              TenantIsolationContractTest::vaultEnvironment),
          entry(
              "/v1/end-to-end/environments/:id/keys/:account_id/",
              new Parameter(
                  "id",
                  TenantIsolationContractTest::vaultEnvironment,
                  (id, own) -> "/v1/end-to-end/environments/" + id + "/keys/" + own.member() + "/"),
              new Parameter(
                  "account_id",
                  World::member,
                  (id, own) -> EndToEndClient.keysOf(own.vault(), "prod") + id + "/")),
          byId(
              "/v1/end-to-end/environments/:id/rotations/",
              TenantIsolationContractTest::vaultEnvironment),
          entry(
              "/v1/end-to-end/environments/:id/rotations/:rotation_id/",
              new Parameter(
                  "id",
                  TenantIsolationContractTest::vaultEnvironment,
                  (id, own) -> rotation(id, own.rotation())),
              new Parameter(
                  "rotation_id",
                  World::rotation,
                  (id, own) -> rotation(vaultEnvironment(own), id))),
          byId("/v1/lockbox/:id/", World::lockbox),
          byId(BY_LINK, World::lockbox),
          byId("/v1/members/:id/", World::member),
          byId("/v1/members/:id/access/", World::member),
          byId("/v1/members/:id/tokens/", World::member),
          byId("/v1/members/:id/network-policies/", World::member),
          entry(
              "/v1/members/:id/tokens/:token_id/",
              new Parameter(
                  "id",
                  World::member,
                  (id, own) -> "/v1/members/" + id + "/tokens/" + own.memberToken() + "/"),
              new Parameter(
                  "token_id",
                  World::memberToken,
                  (id, own) -> "/v1/members/" + own.member() + "/tokens/" + id + "/")),
          byId("/v1/members/invites/:id/", World::invite),
          byId("/v1/members/invites/:id/link/", World::invite),
          entry(
              "/v1/invites/:id/",
              new Parameter(
                  "id",
                  World::invite,
                  (id, own) -> "/v1/invites/" + id + "/?code=" + own.inviteCode())),
          byId("/v1/invites/:id/accept/", World::invite),
          byId("/v1/roles/:id/", World::role),
          byId("/v1/service-accounts/:id/", World::account),
          byId("/v1/service-accounts/:id/access/", World::account),
          byId("/v1/service-accounts/:id/network-policies/", World::account),
          byId("/v1/service-accounts/:id/tokens/", World::account),
          entry(
              "/v1/service-accounts/:id/tokens/:token_id/",
              new Parameter(
                  "id",
                  World::account,
                  (id, own) ->
                      "/v1/service-accounts/" + id + "/tokens/" + own.accountToken() + "/"),
              new Parameter(
                  "token_id",
                  World::accountToken,
                  (id, own) -> "/v1/service-accounts/" + own.account() + "/tokens/" + id + "/")),
          byId("/v1/teams/:id/", World::team),
          byId("/v1/teams/:id/access/", World::team),
          byId("/v1/teams/:id/members/", World::team),
          entry(
              "/v1/teams/:id/members/:member_id/",
              new Parameter(
                  "id",
                  World::team,
                  (id, own) -> "/v1/teams/" + id + "/members/" + own.member() + "/"),
              new Parameter(
                  "member_id",
                  World::member,
                  (id, own) -> "/v1/teams/" + own.team() + "/members/" + id + "/")),
          byId("/v1/network-policies/:id/", World::policy),
          byId("/v1/tokens/:id/", World::ownerToken));

  private static final Set<String> WITHOUT_IDS =
      Set.of(
          "/",
          "/health/",
          "/health/ready/",
          "/openapi.json/",
          "/docs/",
          "/logout/",
          "/secrets/tokens/",
          "/v1/apps/",
          // Their filters take ids of things that may long be gone, so unknown ones find nothing.
          "/v1/audit/events/",
          "/v1/audit/chain/",
          "/v1/end-to-end/apps/",
          "/v1/lockbox/",
          "/v1/members/",
          "/v1/members/invites/",
          "/v1/roles/",
          "/v1/service-accounts/",
          "/v1/teams/",
          "/v1/network-policies/",
          "/v1/tokens/",
          "/v1/account/",
          "/v1/account/keyring/",
          "/v1/account/password/",
          "/v1/account/recovery/",
          "/v1/organisation/transfer-ownership/");

  private static Map.Entry<String, List<Parameter>> entry(
      String template, Parameter... parameters) {
    return Map.entry(template, List.of(parameters));
  }

  private static Map.Entry<String, List<Parameter>> inQuery(String template) {
    return entry(
        template,
        new Parameter(
            "app_id", world -> world.vault().id(), (id, _) -> template + "?app_id=" + id));
  }

  private static Map.Entry<String, List<Parameter>> ofEnvironment(String template, String query) {
    return entry(
        template,
        new Parameter(
            "id",
            world -> world.app().environment("Development"),
            (id, _) -> template.replace(":id", id) + query));
  }

  private static Map.Entry<String, List<Parameter>> ofSecret(String template) {
    String address = template + "?app_id=:app&env=";
    return entry(
        template,
        new Parameter(
            "id",
            World::secret,
            (id, own) ->
                address.replace(":id", id).replace(":app", own.app().id()) + "Development"),
        new Parameter(
            "app_id",
            world -> world.app().id(),
            (id, own) -> address.replace(":id", own.secret()).replace(":app", id) + "Development"),
        new Parameter(
            "env",
            World::ownEnvironmentName,
            (name, own) ->
                address.replace(":id", own.secret()).replace(":app", own.app().id()) + name));
  }

  private static String rotation(String environment, String id) {
    return "/v1/end-to-end/environments/" + environment + "/rotations/" + id + "/";
  }

  private static String vaultEnvironment(World world) {
    return world.vault().environment("prod");
  }

  private static Map.Entry<String, List<Parameter>> byId(
      String template, Function<World, String> idIn) {
    return entry(template, new Parameter("id", idIn, (id, _) -> template.replace(":id", id)));
  }

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
    organisation.grant(manager, own.vault(), "prod");
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(account, own.app(), "Development");
    organisation.grant(account, own.vault(), "prod");
    List<String> ownBefore = own.state();

    World gone = World.in(organisation);
    gone.delete();
    for (Route route : server.routes()) {
      for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
        for (String method : route.methods()) {
          for (TestCaller caller : List.of(owner, manager, account)) {
            String deleted = parameter.idIn().apply(gone);
            boolean isForEverybody = route.template().equals(BY_LINK);
            List<String> ids =
                List.of(
                    isForEverybody ? deleted : parameter.idIn().apply(foreign),
                    deleted,
                    UUID.randomUUID().toString(),
                    "no-id");
            List<String> answers = new ArrayList<>();
            for (String id : ids) {
              TestResponse answer = send(caller, method, parameter.address().apply(id, own), own);
              answers.add(answer.status() + " " + answer.text().replace(id, "<id>"));
            }
            String what = "%s %s by %s".formatted(method, route.template(), parameter.name());
            // Who lacks the permission is told so whatever the id.
            boolean mayBeRefused = !caller.equals(owner) && !BY_GRANT.contains(route.template());
            assertThat(answers)
                .as(what)
                .allMatch(
                    answer ->
                        answer.startsWith("404 ") || (mayBeRefused && answer.startsWith("403 ")));
            assertThat(Set.copyOf(answers)).as(what).hasSize(1);
          }
        }
      }
    }
    assertThat(foreign.state()).isEqualTo(before);
    assertThat(own.state()).isEqualTo(ownBefore);
  }

  @Test
  void whatIsOursButNotGrantedIsRefusedAndStaysAsItIs() {
    World own = World.in(organisation);
    List<TestCaller> callers =
        List.of(
            organisation.member(DefaultRole.MANAGER),
            organisation.serviceAccount(DefaultRole.SERVICE));
    List<String> before = own.state();
    for (TestCaller caller : callers) {
      for (Route route : server.routes()) {
        if (!BY_GRANT.contains(route.template())) {
          continue;
        }
        for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
          for (String method : route.methods()) {
            String address = parameter.address().apply(parameter.idIn().apply(own), own);
            TestResponse answer = send(caller, method, address, own);
            // Clients of the protocol take a missing key for a bad token, unless they are people.
            boolean isBadToken =
                route.template().equals("/secrets/") && caller.equals(callers.getLast());
            assertThat(answer.status())
                .as("%s %s: %s", method, address, answer.text())
                .isEqualTo(isBadToken ? 401 : 403);
          }
        }
      }
    }
    assertThat(own.state()).isEqualTo(before);
  }

  @Test
  void whatIsOursButNotPermittedIsRefusedAndStaysAsItIs() {
    World own = World.in(organisation);
    TestCaller caller = organisation.memberWith(PermissionSet.NONE);
    List<String> before = own.state();
    for (Route route : server.routes()) {
      if (route.template().equals(BY_LINK)) {
        continue;
      }
      for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
        for (String method : route.methods()) {
          // Nobody gets the code of an invite without a permission.
          String address =
              parameter.address().apply(parameter.idIn().apply(own), own).replaceAll("code=.*", "");
          TestResponse answer =
              method.equals("POST") && route.template().startsWith("/v1/invites/")
                  ? caller.post(address, TestCeremony.perform().body(own.inviteEmail()))
                  : send(caller, method, address, own);
          assertThat(answer.status())
              .as("%s %s: %s", method, address, answer.text())
              .isEqualTo(WITHOUT_PERMISSION.contains(route.template()) ? 404 : 403);
        }
      }
    }
    assertThat(own.state()).isEqualTo(before);
  }

  @Test
  void whatIsOursIsServed() {
    World read = World.in(organisation);
    Sample sample = Sample.oneOf(3, backend);
    for (Route route : server.routes()) {
      for (Parameter parameter : PARAMETERS.getOrDefault(route.template(), List.of())) {
        for (String method : route.methods()) {
          if (!sample.takesNext()) {
            continue;
          }
          // Whatever changes something gets things of its own.
          boolean reads = method.equals("GET") && !route.template().equals(BY_LINK);
          World own = reads ? read : World.in(organisation);
          String address = parameter.address().apply(parameter.idIn().apply(own), own);
          // The secret is in Development, so what needs it is tried there.
          boolean elsewhere =
              parameter.name().equals("env")
                  && (!method.equals("GET") || route.template().contains(":id"));
          String place = address.replaceAll("env=.*", "env=Development");
          TestResponse answer = send(owner, method, elsewhere ? place : address, own);
          assertThat(answer.status())
              .as("%s %s: %s", method, address, answer.text())
              .isIn(200, 201, 204);
        }
      }
    }
  }

  /** Sends a body that would be right. */
  private static TestResponse send(TestCaller caller, String method, String address, World own) {
    boolean secrets = address.contains("/secrets/");
    return switch (method) {
      case "GET" -> caller.get(address);
      case "POST" -> caller.post(address, created(address, own));
      case "PUT" -> caller.put(address, changed(address, own));
      case "DELETE" ->
          secrets ? caller.delete(address, TestApp.body(own.secret())) : caller.delete(address);
      default -> throw new IllegalArgumentException("no body known for " + method);
    };
  }

  private static Map<String, Object> created(String address, World own) {
    if (address.startsWith("/secrets/")) {
      return TestApp.body(
          object("key", ciphertext(), "keyDigest", TestCeremony.hex(32), "value", ciphertext()));
    }
    if (address.endsWith("/rotations/")) {
      return own.rotationBody();
    }
    if (address.contains("/rollback/")) {
      return object("at", SOME_TIME);
    }
    if (address.contains("/restore/")) {
      return object("version", 1);
    }
    if (address.startsWith("/v1/secrets/")) {
      return TestApp.body(TestApp.secret("NEW", "v"));
    }
    if (address.startsWith("/v1/end-to-end/environments/?")) {
      return own.client().environmentBody(own.vault(), "new");
    }
    if (address.endsWith("/keys/")) {
      return own.keys();
    }
    if (address.startsWith("/v1/teams/")) {
      return object("member_ids", List.of(own.member()));
    }
    if (address.startsWith("/v1/invites/")) {
      Map<String, Object> body = TestCeremony.perform().body(own.inviteEmail());
      body.put("code", own.inviteCode());
      return body;
    }
    return object("name", "new");
  }

  private static String ciphertext() {
    return Ciphertext.encrypt("v", TestCeremony.perform().publicKey()).text();
  }

  private static Map<String, Object> changed(String address, World own) {
    if (address.contains("/rotations/")) {
      return own.rotationKeys();
    }
    if (address.startsWith("/secrets/")) {
      return TestApp.body(object("id", own.secret(), "value", ciphertext()));
    }
    if (address.startsWith("/v1/secrets/")) {
      return TestApp.body(object("id", own.secret(), "value", "changed"));
    }
    if (address.endsWith("/encryption/")) {
      return object("sseEnabled", false);
    }
    if (address.endsWith("/access/")) {
      return object("apps", List.of());
    }
    if (address.endsWith("/network-policies/") && !address.equals("/v1/network-policies/")) {
      return object("policy_ids", List.of());
    }
    if (address.startsWith("/v1/members/")) {
      return object("role_id", own.organisation().role(DefaultRole.DEVELOPER).toString());
    }
    return object("name", "changed");
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
