package lockstep.server.apps;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import lockstep.server.access.Action;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Reading, changing and deleting apps. */
@ContractTest
final class AppsContractTest extends OnBothDatabases {

  private static final String[] MEMBERS = {
    "id", "name", "description", "sseEnabled", "createdAt", "updatedAt"
  };

  @Test
  void anAppIsReadAsItWasCreated() {
    TestResponse created =
        owner.post("/v1/apps/", object("name", "billing-api", "description", "Bills")).is(201);
    TestResponse read = owner.get(path(created.id())).is(200);

    assertThat(read.json().propertyNames()).containsExactly(MEMBERS);
    for (String member : MEMBERS) {
      assertThat(read.json().get(member)).isEqualTo(created.json().get(member));
    }
    assertThat(read.json().get("name").stringValue()).isEqualTo("billing-api");
    assertThat(read.json().get("description").stringValue()).isEqualTo("Bills");
    assertThat(read.json().get("sseEnabled").booleanValue()).isTrue();
    assertThat(read.json().get("createdAt")).isEqualTo(read.json().get("updatedAt"));
  }

  @Test
  void anOrganisationWithoutAppsListsNone() {
    assertThat(owner.get("/v1/apps/").is(200).text()).isEqualTo("{\"data\":[]}");
  }

  @Test
  void appsAreListedNewestFirst() {
    for (String name : List.of("one", "two", "three")) {
      organisation.app(name);
    }
    TestResponse list = owner.get("/v1/apps/").is(200);
    assertThat(list.each("name")).containsExactly("three", "two", "one");
    for (JsonNode app : list.json().get("data")) {
      assertThat(app.propertyNames()).containsExactly(MEMBERS);
    }
  }

  @Test
  void theListHoldsWhatTheCallerReachesEndToEndEncryptedAppsIncluded() {
    TestApp mine = organisation.app("mine");
    organisation.app("other");
    TestApp encrypted = organisation.app("encrypted");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.list(developer, mine);
    organisation.list(developer, encrypted);
    organisation.turnSseOff(encrypted);

    TestResponse list = developer.get("/v1/apps/").is(200);
    assertThat(list.each("name")).containsExactly("encrypted", "mine");
    assertThat(list.json().get("data").get(0).get("sseEnabled").booleanValue()).isFalse();
    assertThat(owner.get("/v1/apps/").each("name")).containsExactly("encrypted", "other", "mine");
  }

  @Test
  void anEndToEndEncryptedAppCannotBeReadChangedOrDeletedHere() {
    TestApp app = organisation.app("app");
    organisation.turnSseOff(app);
    String error = "SSE is not enabled for this App.";
    owner.get(path(app.id())).isError(403, error);
    owner.put(path(app.id()), object("name", "n")).isError(403, error);
    owner.delete(path(app.id())).isError(403, error);
    assertThat(owner.get("/v1/apps/").each("name")).containsExactly("app");
  }

  @Test
  void onlySuppliedFieldsChange() {
    String id = owner.post("/v1/apps/", object("name", "n", "description", "d")).is(201).id();
    JsonNode before = owner.get(path(id)).json();

    JsonNode renamed = owner.put(path(id), object("name", " <b>m</b> ")).is(200).json();
    assertThat(renamed.propertyNames()).containsExactly(MEMBERS);
    assertThat(renamed.get("name").stringValue()).isEqualTo("m");
    assertThat(renamed.get("description").stringValue()).isEqualTo("d");
    assertThat(renamed.get("createdAt")).isEqualTo(before.get("createdAt"));
    assertThat(renamed.get("updatedAt").stringValue())
        .isGreaterThan(before.get("updatedAt").stringValue());
    assertThat(owner.get(path(id)).json()).isEqualTo(renamed);

    JsonNode described = owner.put(path(id), object("description", "e")).is(200).json();
    assertThat(described.get("name").stringValue()).isEqualTo("m");
    assertThat(described.get("description").stringValue()).isEqualTo("e");
  }

  @Test
  void aBlankDescriptionIsNone() {
    for (String blank : List.of("", "  ", "<b></b>", "\u0001")) {
      TestResponse created =
          owner.post("/v1/apps/", object("name", "n", "description", blank)).is(201);
      assertThat(created.json().get("description").isNull()).isTrue();
      owner.put(path(created.id()), object("description", "d")).is(200);
      TestResponse cleared = owner.put(path(created.id()), object("description", blank)).is(200);
      assertThat(cleared.json().get("description").isNull()).isTrue();
    }
  }

  @Test
  void aChangeNeedsSomethingToChange() {
    String path = path(organisation.app("app").id());
    String error = "At least one of 'name' or 'description' must be provided.";
    owner.put(path, object()).isError(400, error);
    owner.put(path, object("title", "n")).isError(400, error);
    owner.put(path, object("name", "")).isError(400, "Missing required field: name");
    owner.put(path, object("name", " ")).isError(400, "Missing required field: name");
    owner
        .put(path, object("name", "<i>", "description", "d"))
        .isError(400, "Missing required field: name");
    owner.put(path, object("name", 1)).isError(400, "'name' must be a string.");
    owner
        .put(path, object("name", "n", "description", 1))
        .isError(400, "'description' must be a string.");
    JsonNode app = owner.get(path).json();
    assertThat(app.get("name").stringValue()).isEqualTo("app");
    assertThat(app.get("description").isNull()).isTrue();
  }

  @Test
  void namesNeedNotBeUnique() {
    organisation.app("app");
    TestApp second = organisation.app("app");
    TestApp third = organisation.app("other");
    owner.put(path(third.id()), object("name", "APP")).is(200);
    assertThat(owner.get("/v1/apps/").each("name")).containsExactly("APP", "app", "app");
    owner.delete(path(second.id())).is(204);
    assertThat(owner.get("/v1/apps/").each("name")).containsExactly("APP", "app");
  }

  @Test
  void aDeletedAppIsGoneWithEverythingInIt() {
    TestApp app = organisation.app("billing-api");
    TestApp kept = organisation.app("kept");
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Staging");
    organisation.scope(organisation.team(null, null), app, "Staging");
    owner
        .post(
            app.secrets(),
            TestApp.body(
                object(
                    "path",
                    "/a/b",
                    "key",
                    "K",
                    "value",
                    "v",
                    "tags",
                    List.of("t"),
                    "override",
                    object("value", "o", "isActive", true))))
        .is(201);
    owner.post(kept.secrets(), TestApp.body(TestApp.secret("K", "kept"))).is(201);

    owner.delete(path(app.id())).is(204);

    String gone = "App with ID " + app.id() + " not found";
    for (TestCaller caller : List.of(owner, developer)) {
      caller.get(path(app.id())).isError(404, gone);
      caller.put(path(app.id()), object("name", "n")).isError(404, gone);
      caller.delete(path(app.id())).isError(404, gone);
      caller.get(app.secrets()).isError(404, gone);
      caller.get("/v1/environments/?app_id=" + app.id()).isError(404, gone);
      app.environments()
          .values()
          .forEach(
              environment ->
                  caller
                      .get("/v1/environments/" + environment + "/")
                      .isError(404, "Environment not found"));
    }
    assertThat(owner.get("/v1/apps/").each("name")).containsExactly("kept");
    assertThat(owner.get(kept.secrets()).each("value")).containsExactly("kept");
  }

  @Test
  void eachActionNeedsItsPermission() {
    for (Action allowed : Action.values()) {
      TestApp app = organisation.app("app");
      TestCaller caller =
          organisation.memberWith(
              new PermissionSet(Map.of(OrganisationResource.APPS, Set.of(allowed)), Map.of()));
      organisation.list(caller, app);
      check(caller.get("/v1/apps/"), allowed == Action.READ, "read");
      check(caller.get(path(app.id())), allowed == Action.READ, "read");
      check(caller.post("/v1/apps/", object("name", "n")), allowed == Action.CREATE, "create");
      check(caller.put(path(app.id()), object("name", "n")), allowed == Action.UPDATE, "update");
      check(caller.delete(path(app.id())), allowed == Action.DELETE, "delete");
    }
  }

  private static void check(TestResponse response, boolean allowed, String action) {
    if (allowed) {
      assertThat(response.status()).as(response.text()).isIn(200, 201, 204);
    } else {
      response.isError(403, "You don't have permission to " + action + " apps.");
    }
  }

  @Test
  void appsOfOtherOrganisationsAreNotListed() {
    TestApp app = organisation.app("app");
    TestCaller stranger = TestOrganisation.create(server).owner();
    assertThat(stranger.get("/v1/apps/").is(200).text()).isEqualTo("{\"data\":[]}");
    stranger.get(path(app.id())).isError(404, "App with ID " + app.id() + " not found");
    assertThat(
            StreamSupport.stream(owner.get("/v1/apps/").json().get("data").spliterator(), false)
                .count())
        .isEqualTo(1);
  }

  private static String path(String id) {
    return "/v1/apps/" + id + "/";
  }
}
