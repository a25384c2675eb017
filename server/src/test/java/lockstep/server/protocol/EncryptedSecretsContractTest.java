package lockstep.server.protocol;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Creating, reading, changing and deleting what the server cannot read. */
@ContractTest
final class EncryptedSecretsContractTest extends ProtocolContract {

  @Test
  void aSecretComesBackAsItWasSent() {
    Map<String, Object> sent =
        client.secret(
            "DB_URL",
            "postgres://db",
            "comment",
            client.encrypt("primary"),
            "path",
            "//db//main/",
            "tags",
            List.of("db", " prod "),
            "type",
            "config",
            "override",
            object("value", client.encrypt("mine"), "isActive", false));
    assertDone(() -> client.create(sent));

    JsonNode rows = client.list();
    assertThat(rows).hasSize(1);
    JsonNode row = rows.get(0);
    for (String member : List.of("key", "value", "comment", "type")) {
      assertThat(row.get(member).stringValue()).isEqualTo(sent.get(member));
    }
    assertThat(row.get("key_digest").stringValue()).isEqualTo(sent.get("keyDigest"));
    assertThat(client.decrypt(row, "value")).isEqualTo("postgres://db");
    assertThat(row.get("path").stringValue()).isEqualTo("/db/main");
    assertThat(row.get("tags").valueStream().map(JsonNode::stringValue))
        .containsExactly("db", "prod");
    assertThat(row.get("lifecycle").stringValue()).isEqualTo("static");
    assertThat(row.get("version").intValue()).isEqualTo(1);
    assertThat(row.get("folder").stringValue()).hasSize(36);
    assertThat(row.get("environment").stringValue()).isEqualTo(app.environment("Development"));
    assertThat(client.decrypt(row.get("override"), "value")).isEqualTo("mine");
    assertThat(row.get("override").get("is_active").booleanValue()).isFalse();
  }

  @Test
  void whatIsNotSentIsNoCommentNoTagsRootAndSecret() {
    client.create(client.secret("A", "a"), client.secret("B", "b", "comment", "")).is(200);
    for (JsonNode row : client.list()) {
      assertThat(row.get("comment").stringValue()).isEmpty();
      assertThat(row.get("tags")).isEmpty();
      assertThat(row.get("path").stringValue()).isEqualTo("/");
      assertThat(row.get("folder").isNull()).isTrue();
      assertThat(row.get("type").stringValue()).isEqualTo("secret");
      assertThat(row.get("override").isNull()).isTrue();
    }
  }

  @Test
  void appsThatTheServerCanReadAreServedAlike() {
    app = organisation.app("open");
    TestClient open = open(owner, "Development");
    open.create(open.secret("A", "from the client")).is(200);
    owner.post(app.secrets(), body(Map.of("key", "B", "value", "from the api"))).is(201);

    assertThat(owner.get(app.secrets()).is(200).each("value"))
        .containsExactly("from the client", "from the api");
    JsonNode rows = open.list();
    assertThat(open.decrypt(rows.get(0), "value")).isEqualTo("from the client");
    assertThat(open.decrypt(rows.get(1), "value")).isEqualTo("from the api");
    assertThat(rows.get(1).get("key_digest").stringValue()).isEqualTo(open.digest("B"));
  }

  @Test
  void rowsAreInTheOrderOfTheirCreation() {
    client.create(client.secret("C", "1", "path", "/z"), client.secret("B", "2")).is(200);
    client.create(client.secret("A", "3", "path", "/a")).is(200);
    assertThat(decrypted(client.list(), "key")).containsExactly("C", "B", "A");
  }

  @Test
  void updatesReplaceWhatTheyNameAndClearTags() {
    String id =
        client.createOne(
            client.secret(
                "A", "old", "comment", client.encrypt("c"), "path", "/p", "tags", List.of("t")));
    assertDone(() -> client.update(object("id", id, "value", client.encrypt("new"))));

    JsonNode row = client.list().get(0);
    assertThat(client.decrypt(row, "value")).isEqualTo("new");
    assertThat(client.decrypt(row, "key")).isEqualTo("A");
    assertThat(client.decrypt(row, "comment")).isEqualTo("c");
    assertThat(row.get("path").stringValue()).isEqualTo("/p");
    assertThat(row.get("tags")).isEmpty();
    assertThat(row.get("version").intValue()).isEqualTo(2);

    client
        .update(
            client.secret("B", "b", "id", id, "comment", "", "path", "/q", "tags", List.of("u")))
        .is(200);
    JsonNode again = client.list().get(0);
    assertThat(client.decrypt(again, "key")).isEqualTo("B");
    assertThat(again.get("key_digest").stringValue()).isEqualTo(client.digest("B"));
    assertThat(again.get("comment").stringValue()).isEmpty();
    assertThat(again.get("path").stringValue()).isEqualTo("/q");
    assertThat(again.get("tags").get(0).stringValue()).isEqualTo("u");
  }

  @Test
  void deletedSecretsAreGoneAndTheirNamesFree() {
    String id = client.createOne(client.secret("A", "a"));
    assertDone(() -> client.delete(id));
    assertThat(client.list()).isEmpty();
    client.create(client.secret("A", "again")).is(200);
  }

  @Test
  void overridesAreForTheirMemberAlone() {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.keyOf(account, app, client.keys(), "Development");
    TestClient other = open(account, "Development");
    String id = client.createOne(client.secret("A", "shared"));
    Map<String, Object> own = object("value", client.encrypt("mine"));
    client.update(object("id", id, "override", own)).is(200);
    // Who cannot have one may send whatever stands in its place.
    other.update(object("id", id, "override", "nonsense")).is(200);

    assertThat(other.list().get(0).get("override").isNull()).isTrue();
    JsonNode override = client.list().get(0).get("override");
    assertThat(client.decrypt(override, "value")).isEqualTo("mine");
    assertThat(override.get("is_active").booleanValue()).isTrue();
    assertThat(override.propertyNames())
        .containsExactlyInAnyOrder("id", "value", "is_active", "created_at", "updated_at");
  }
}
