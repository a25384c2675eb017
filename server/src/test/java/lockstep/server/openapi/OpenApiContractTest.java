package lockstep.server.openapi;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.Lockbox;
import lockstep.server.Lockstep;
import lockstep.server.access.DefaultRole;
import lockstep.server.http.Access;
import lockstep.server.http.Route;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestResponse;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
class OpenApiContractTest extends OnBothDatabases {

  private static final OpenApiDocument DOCUMENT = OpenApiDocument.read(Lockstep.version());

  private TestCaller anyone() {
    return TestCaller.anonymous(server.uri());
  }

  @Test
  void theDocumentDescribesExactlyTheRoutesOfTheServer() {
    Set<String> served = new TreeSet<>();
    for (Route route : server.routes()) {
      for (String method : route.methods()) {
        served.add(method + " " + route.template().replaceAll(":([a-z_]+)", "{$1}"));
      }
    }
    Set<String> described = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : DOCUMENT.root().get("paths").properties()) {
      for (String member : path.getValue().propertyNames()) {
        if (!member.equals("parameters")) {
          described.add(member.toUpperCase(Locale.ROOT) + " " + path.getKey());
        }
      }
    }
    assertThat(described).isEqualTo(served);
  }

  @Test
  void theDocumentSaysWhichRoutesNeedNoToken() {
    for (Route route : server.routes()) {
      JsonNode path =
          DOCUMENT.root().get("paths").get(route.template().replaceAll(":([a-z_]+)", "{$1}"));
      for (String method : route.methods()) {
        JsonNode security = path.get(method.toLowerCase(Locale.ROOT)).get("security");
        boolean open = security != null && security.isEmpty();
        assertThat(open).as(method + " " + route).isEqualTo(route.access() == Access.PUBLIC);
      }
    }
  }

  @Test
  void anyoneMayReadTheDocument() {
    TestResponse answer = anyone().get("/openapi.json").is(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.json()).isEqualTo(DOCUMENT.root());
    assertThat(anyone().get("/service/public/openapi.json/").is(200).text())
        .isEqualTo(answer.text());
  }

  @Test
  void anyoneMayReadThePage() {
    TestResponse page = anyone().get("/docs/").is(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
    assertThat(page.text()).contains("<!DOCTYPE html>", Lockstep.version());
    for (JsonNode path : DOCUMENT.root().get("paths")) {
      for (JsonNode operation : path) {
        if (operation.has("operationId")) {
          String id = operation.get("operationId").stringValue();
          assertThat(page.text()).contains("id=\"" + id + "\"", "href=\"#" + id + "\"");
        }
      }
    }
  }

  @Test
  void thePageLoadsNothingAndRunsNothing() {
    TestResponse page = anyone().get("/docs/").is(200);
    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .startsWith("default-src 'none'; style-src 'sha256-")
                    .doesNotContain("unsafe"));
    assertThat(page.text())
        .doesNotContain("<script", "<link", "<img", "style=\"")
        .doesNotContainPattern("<[^>]* on[a-z]+=");
  }

  @Test
  void answersAboutHealthAreAsDescribed() {
    described("GET", "/", anyone().get("/").is(200));
    described("GET", "/health/", anyone().get("/health/").is(200));
    described("GET", "/health/ready/", anyone().get("/health/ready/").is(200));
  }

  @Test
  void answersAboutAppsAreAsDescribed() {
    TestResponse created = owner.post("/v1/apps/", Map.of("name", "shop")).is(201);
    String path = "/v1/apps/" + created.id() + "/";
    TestCaller stranger = organisation.member(DefaultRole.DEVELOPER);
    described("POST", "/v1/apps/", created);
    described("POST", "/v1/apps/", owner.post("/v1/apps/", Map.of()).is(400));
    described("GET", "/v1/apps/", owner.get("/v1/apps/").is(200));
    described("GET", "/v1/apps/", anyone().get("/v1/apps/").is(401));
    described("GET", "/v1/apps/{id}/", owner.get(path).is(200));
    described("GET", "/v1/apps/{id}/", stranger.get(path).is(403));
    described("GET", "/v1/apps/{id}/", owner.get("/v1/apps/" + UUID.randomUUID()).is(404));
    described("PUT", "/v1/apps/{id}/", owner.put(path, Map.of("description", "x")).is(200));
    described("PUT", "/v1/apps/{id}/", owner.put(path, Map.of()).is(400));
    described("DELETE", "/v1/apps/{id}/", owner.delete(path).is(204));
  }

  @Test
  void answersAboutEnvironmentsAreAsDescribed() {
    TestApp app = organisation.app("shop");
    String list = "/v1/environments/?app_id=" + app.id();
    String one = "/v1/environments/" + app.environment("Development") + "/";
    described("GET", "/v1/environments/", owner.get(list).is(200));
    described("GET", "/v1/environments/", owner.get("/v1/environments/").is(403));
    described("POST", "/v1/environments/", owner.post(list, Map.of("name", "qa")).is(201));
    described("POST", "/v1/environments/", owner.post(list, Map.of("name", "QA")).is(409));
    described("GET", "/v1/environments/{id}/", owner.get(one).is(200));
    described("PUT", "/v1/environments/{id}/", owner.put(one, Map.of("name", "dev")).is(200));
    described("PUT", "/v1/environments/{id}/", owner.put(one, Map.of("name", "a b")).is(400));
    described("DELETE", "/v1/environments/{id}/", owner.delete(one).is(204));
    described("GET", "/v1/environments/{id}/", owner.get(one).is(404));
  }

  @Test
  void answersAboutSecretsAreAsDescribed() {
    TestApp app = organisation.app("shop");
    Map<String, Object> inFolder = secret("/db", "HOST", "localhost");
    inFolder.put("tags", java.util.List.of("db"));
    inFolder.put("override", object("value", "mine", "isActive", true));
    TestResponse created =
        owner.post(app.secrets(), body(inFolder, secret("PORT", "5432"))).is(201);
    String id = created.id();
    described("POST", "/v1/secrets/", created);
    described(
        "POST", "/v1/secrets/", owner.post(app.secrets(), body(secret("/db", "host", ""))).is(409));
    described("POST", "/v1/secrets/", owner.post(app.secrets(), Map.of()).is(400));
    described("GET", "/v1/secrets/", owner.get(app.secrets()).is(200));
    described("GET", "/v1/secrets/", owner.get("/v1/secrets/").is(403));
    described("GET", "/v1/secrets/", owner.get(app.secrets("nowhere")).is(404));
    described(
        "PUT",
        "/v1/secrets/",
        owner.put(app.secrets(), body(object("id", id, "value", "x"))).is(200));
    described("PUT", "/v1/secrets/", owner.put(app.secrets(), body(object("value", "x"))).is(400));
    described("DELETE", "/v1/secrets/", owner.delete(app.secrets(), body(id)).is(200));
    described("DELETE", "/v1/secrets/", owner.delete(app.secrets(), body(id)).is(404));
  }

  @Test
  void answersAboutTheHistoryOfSecretsAreAsDescribed() {
    TestApp app = organisation.app("shop");
    String id = owner.post(app.secrets(), body(secret("K", "v"))).is(201).id();
    owner.put(app.secrets(), body(object("id", id, "value", "w"))).is(200);
    String versions = app.secrets().replace("/v1/secrets/", "/v1/secrets/" + id + "/versions/");
    String list = "/v1/secrets/{id}/versions/";
    described("GET", list, owner.get(versions).is(200));
    described("GET", list, owner.get(versions + "&limit=1").is(200));
    described("GET", list, owner.get(versions + "&limit=0").is(400));
    described("GET", list, owner.get(versions + "x").is(404));
    described("GET", list, organisation.member(DefaultRole.DEVELOPER).get(versions).is(403));
    String restore = versions.replace("/versions/", "/restore/");
    String one = "/v1/secrets/{id}/restore/";
    described("POST", one, owner.post(restore, Map.of("version", 1)).is(200));
    described("POST", one, owner.post(restore, Map.of("version", 9)).is(404));
    described("POST", one, owner.post(restore, Map.of()).is(400));
    owner.delete(app.secrets(), body(id)).is(200);
    owner.post(app.secrets(), body(secret("K", "v"))).is(201);
    described("POST", one, owner.post(restore, Map.of("version", 1)).is(409));
    TestApp vault = new EndToEndClient(owner).app("vault", "prod");
    TestClient client =
        TestClient.open(owner, organisation.token(owner), vault.environment("prod"));
    String other = client.createOne(client.secret("K", "v"));
    described(
        "GET",
        list,
        owner.get(list.replace("{id}", other) + "?app_id=" + vault.id() + "&env=prod").is(200));
  }

  @Test
  void answersAboutTheHistoryOfEnvironmentsAreAsDescribed() {
    TestApp app = organisation.app("shop");
    String time =
        owner
            .post(app.secrets(), body(secret("K", "v")))
            .is(201)
            .json()
            .get(0)
            .get("createdAt")
            .stringValue();
    owner.post(app.secrets(), body(secret("L", "v"))).is(201);
    String path = "/v1/environments/" + app.environment("Development") + "/history/";
    String template = "/v1/environments/{id}/history/";
    TestCaller stranger = organisation.member(DefaultRole.DEVELOPER);
    String unknown = template.replace("{id}", UUID.randomUUID().toString());
    String diff = "diff/?to=2999-01-01T00:00:00Z&from=";
    described("GET", template, owner.get(path + "?at=" + time).is(200));
    described("GET", template, owner.get(path + "?show=true&at=" + time).is(200));
    described("GET", template, owner.get(path).is(400));
    described("GET", template, stranger.get(path).is(403));
    described("GET", template, owner.get(unknown).is(404));
    described("GET", template + "diff/", owner.get(path + diff + time).is(200));
    described("GET", template + "diff/", owner.get(path + "diff/").is(400));
    String rollback = template + "rollback/";
    described("POST", rollback, owner.post(path + "rollback/", Map.of("at", time)).is(200));
    described("POST", rollback, owner.post(path + "rollback/", Map.of("at", "x")).is(400));
    described("POST", rollback, owner.post(unknown + "rollback/", Map.of()).is(404));
  }

  @Test
  void answersAboutTheAuditLogAreAsDescribed() {
    TestApp app = organisation.app("shop");
    owner.get(app.secrets()).is(200);
    String events = "/v1/audit/events/";
    String chain = "/v1/audit/chain/";
    described("GET", events, owner.get(events).is(200));
    described("GET", events, owner.get(events + "?limit=1&action=read").is(200));
    described("GET", events, owner.get(events + "?account_id=x").is(400));
    described("GET", chain, owner.get(chain + "?limit=2").is(200));
    described("GET", chain, owner.get(chain + "?cursor=x").is(400));
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    described("GET", events, account.get(events).is(403));
    described("GET", chain, account.get(chain).is(403));
  }

  @Test
  void answersToClientsThatEncryptAreAsDescribed() {
    TestApp app = organisation.app("shop");
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    Map<String, Object> wanted =
        client.secret("A", "a", "override", object("value", client.encrypt("mine")));
    described("GET", "/secrets/tokens/", owner.get("/secrets/tokens/").is(200));
    described("GET", "/secrets/tokens/", account.get("/secrets/tokens/").is(200));
    described("GET", "/secrets/tokens/", anyone().get("/secrets/tokens/").is(401));
    described("POST", "/secrets/", client.create(wanted).is(200));
    described("POST", "/secrets/", client.create(wanted).is(409));
    described("POST", "/secrets/", client.create("x").is(400));
    described("GET", "/secrets/", client.caller().get("/secrets/").is(200));
    described("GET", "/secrets/", owner.get("/secrets/").is(403));
    described(
        "GET", "/secrets/", client.with("Environment", "x").caller().get("/secrets/").is(401));
    String id = client.list().get(0).get("id").stringValue();
    described("PUT", "/secrets/", client.update(object("id", id)).is(200));
    described("PUT", "/secrets/", client.update(object("id", "x")).is(404));
    described("DELETE", "/secrets/", client.delete(id).is(200));
    described("POST", "/logout/", anyone().post("/logout/", Map.of()).is(200));
  }

  @Test
  void answersAboutEndToEndAppsAreAsDescribed() {
    EndToEndClient client = new EndToEndClient(owner);
    String apps = "/v1/end-to-end/apps/";
    TestResponse created = owner.post(apps, client.appBody("vault", "prod")).is(201);
    TestApp app = TestApp.of(created);
    Map<String, Object> stale = client.appBody("late", "prod");
    TestCaller later = organisation.member(DefaultRole.ADMIN);
    described("POST", apps, created);
    described("POST", apps, owner.post(apps, stale).is(409));
    described("POST", apps, owner.post(apps, Map.of("name", "x")).is(400));
    described("POST", apps, later.post(apps, client.appBody("more", "dev")).is(201));
    String one = apps + app.id() + "/";
    described("GET", apps + "{id}/", owner.get(one).is(200));
    described("PUT", apps + "{id}/", owner.put(one, Map.of("name", "safe")).is(200));
    described("GET", "/v1/end-to-end/recipients/", owner.get("/v1/end-to-end/recipients/").is(200));
    String encryption = EndToEndClient.encryptionOf(app);
    described("GET", apps + "{id}/encryption/", owner.get(encryption).is(200));
    described("PUT", apps + "{id}/encryption/", owner.put(encryption, Map.of()).is(400));
    described(
        "PUT",
        apps + "{id}/encryption/",
        owner.put(encryption, object("sseEnabled", false)).is(200));
    described("DELETE", apps + "{id}/", owner.delete(one).is(204));
    described("GET", apps + "{id}/", owner.get(one).is(404));
  }

  @Test
  void answersAboutEndToEndEnvironmentsAreAsDescribed() {
    EndToEndClient client = new EndToEndClient(owner);
    TestApp app = client.app("vault", "dev", "prod");
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    String environments = "/v1/end-to-end/environments/";
    String list = environments + "?app_id=" + app.id();
    described("GET", environments, owner.get(list).is(200));
    described("POST", environments, client.environment(app, "qa").is(201));
    described("POST", environments, client.environment(app, "QA").is(409));
    String one = environments + app.environment("prod") + "/";
    described("GET", environments + "{id}/", owner.get(one).is(200));
    described("PUT", environments + "{id}/", owner.put(one, Map.of("name", "p")).is(200));
    described("GET", environments + "{id}/recipients/", owner.get(one + "recipients/").is(200));
    described("POST", environments + "{id}/keys/", client.give(app, "prod", member).is(200));
    described("POST", environments + "{id}/keys/", owner.post(one + "keys/", Map.of()).is(400));
    described(
        "POST",
        environments + "{id}/rotations/",
        owner
            .post(
                TestRotation.addressOf(app.environment("prod")),
                TestRotation.body(client.keys("prod"), EnvironmentKeys.generate()))
            .is(201));
    TestRotation rotation = TestRotation.begin(owner, client.keys("prod"), app.environment("prod"));
    String rotations = environments + "{id}/rotations/";
    described("POST", rotations, owner.post(one + "rotations/", Map.of()).is(400));
    described("GET", rotations + "{rotation_id}/", owner.get(rotation.address()).is(200));
    described("PUT", rotations + "{rotation_id}/", rotation.send(Map.of()).is(400));
    described("POST", rotations + "{rotation_id}/", rotation.complete().is(409));
    rotation.sendAll();
    described("POST", rotations + "{rotation_id}/", rotation.complete().is(200));
    described("DELETE", rotations + "{rotation_id}/", owner.delete(rotation.address()).is(404));
    String key = one + "keys/" + member.account() + "/";
    described("DELETE", environments + "{id}/keys/{account_id}/", owner.delete(key).is(204));
    described("DELETE", environments + "{id}/keys/{account_id}/", member.delete(key).is(403));
    described("DELETE", environments + "{id}/", owner.delete(one).is(204));
    TestApp open = organisation.app("open");
    described("GET", environments, owner.get(environments + "?app_id=" + open.id()).is(400));
  }

  @Test
  void answersAboutLockboxesAreAsDescribed() {
    String data = Lockbox.seal("text").data();
    String body = "{\"data\":" + data + ",\"allowedViews\":1}";
    TestResponse created = owner.sendText("POST", "/v1/lockbox/", body).is(201);
    described("POST", "/v1/lockbox/", created);
    described("POST", "/v1/lockbox/", owner.post("/v1/lockbox/", Map.of()).is(400));
    described("GET", "/v1/lockbox/", owner.get("/v1/lockbox/").is(200));
    String link = "/lockbox/" + created.id();
    described("GET", "/lockbox/{id}/", anyone().get(link).is(200));
    described("POST", "/lockbox/{id}/", anyone().sendText("POST", link, "").is(200));
    described("POST", "/lockbox/{id}/", anyone().sendText("POST", link, "").is(403));
    described("DELETE", "/v1/lockbox/{id}/", owner.delete("/v1/lockbox/" + created.id()).is(204));
    described("DELETE", "/v1/lockbox/{id}/", owner.delete("/v1/lockbox/" + created.id()).is(404));
    described("GET", "/lockbox/{id}/", anyone().get(link).is(404));
  }

  /** The status is one of the operation's, and the body fits its schema. */
  private static void described(String method, String template, TestResponse answer) {
    JsonNode operation =
        DOCUMENT.root().get("paths").get(template).get(method.toLowerCase(Locale.ROOT));
    JsonNode written = operation.get("responses").get(String.valueOf(answer.status()));
    assertThat(written).as("%s %s %d", method, template, answer.status()).isNotNull();
    JsonNode schema = DOCUMENT.resolve(written).at("/content/application~1json/schema");
    if (schema.isMissingNode()) {
      assertThat(answer.text()).isEmpty();
    } else {
      assertThat(SchemaCheck.departures(DOCUMENT, schema, answer.json()))
          .as(answer.text())
          .isEmpty();
    }
  }
}
