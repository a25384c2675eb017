package lockstep.server.protocol;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.UUID;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What headers select, how rows are written, and what stays on record. */
@ContractTest
final class EncryptedReadsContractTest extends ProtocolContract {

  private List<String> keysWith(String header, String value) {
    return decrypted(client.with(header, value).list(), "key");
  }

  @Test
  void headersSelect() {
    client
        .create(
            client.secret("A", "1", "tags", List.of("x", "y")),
            client.secret("B", "2", "path", "/p", "tags", List.of("y")),
            client.secret("C", "3", "path", "/p/q"),
            client.secret("A", "4", "path", "/p"))
        .is(200);
    assertThat(keysWith("Path", "p//")).containsExactly("B", "A");
    assertThat(keysWith("path", "/")).containsExactly("A");
    assertThat(keysWith("Path", "")).containsExactly("A", "B", "C", "A");
    assertThat(keysWith("Path", "/nowhere")).isEmpty();
    assertThat(keysWith("KeyDigest", client.digest("A"))).containsExactly("A", "A");
    assertThat(keysWith("keydigest", "")).containsExactly("A", "B", "C", "A");
    assertThat(keysWith("KeyDigest", "0".repeat(64))).isEmpty();
    assertThat(keysWith("tags", "y, x ,none")).containsExactly("A", "B");
    assertThat(keysWith("tags", "Y")).isEmpty();
    assertThat(
            decrypted(
                client.with("Path", "/p").with("KeyDigest", client.digest("A")).list(), "value"))
        .containsExactly("4");
  }

  @Test
  void digestsAreFoundAsTheyWereStored() {
    String digest = client.digest("A").toUpperCase(Locale.ROOT);
    client.create(client.secret("A", "a", "keyDigest", digest)).is(200);
    assertThat(keysWith("KeyDigest", digest)).hasSize(1);
    assertThat(client.list().get(0).get("key_digest").stringValue()).isEqualTo(digest);
  }

  @Test
  void headersThatAreOnlyOfUseWithDynamicSecretsHaveNoEffect() {
    client.create(client.secret("A", "a")).is(200);
    for (String header : List.of("dynamic", "include-dynamic", "include_dynamic", "lease")) {
      assertThat(client.with(header, "true").list()).hasSize(1);
    }
    for (String header : List.of("lease-ttl", "lease_ttl", "Lease-Ttl")) {
      assertThat(client.with(header, "60").list()).hasSize(1);
      assertThat(client.with(header, "").list()).hasSize(1);
      client
          .with(header, "1m")
          .caller()
          .get(SECRETS)
          .isError(400, "lease_ttl must be a valid integer (seconds)");
    }
  }

  @Test
  void onlyTheExactWordAsksForCamelCase() {
    client.create(client.secret("A", "a")).is(200);
    for (String header : List.of("X-Use-Camel-Case", "x-use-camel-case")) {
      JsonNode row = client.with(header, "true").list().get(0);
      assertThat(row.propertyNames()).contains("keyDigest", "createdAt", "updatedAt");
      assertThat(row.propertyNames()).noneMatch(name -> name.contains("_"));
    }
    for (String word : List.of("True", "TRUE", "1", "yes", "false", "")) {
      JsonNode row = client.with("X-Use-Camel-Case", word).list().get(0);
      assertThat(row.propertyNames()).contains("key_digest", "created_at", "updated_at");
      assertThat(row.propertyNames()).noneMatch(name -> name.matches(".*[A-Z].*"));
    }
  }

  @Test
  void nothingIsAnEmptyList() {
    assertThat(client.caller().get(SECRETS).is(200).text()).isEqualTo("[]");
  }

  @Test
  void readsAndWritesAreOnRecord() {
    String id = client.createOne(client.secret("A", "a"));
    client.update(client.secret("A", "b", "id", id)).is(200);
    client.list();
    client.delete(id).is(200);
    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.select(AUDIT_EVENT.ACTION, AUDIT_EVENT.DETAILS)
                        .from(AUDIT_EVENT)
                        .where(
                            AUDIT_EVENT.ENVIRONMENT_ID.eq(
                                UUID.fromString(app.environment("Development"))))
                        .and(AUDIT_EVENT.RESOURCE_TYPE.eq("secret"))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(row -> row.value1() + " " + row.value2()));
    assertThat(events)
        .containsExactly(
            "create {\"secrets\":[\"" + id + ":1\"]}",
            "read {\"secrets\":[\"" + id + ":1\"]}",
            "update {\"secrets\":[\"" + id + ":2\"]}",
            "read {\"secrets\":[\"" + id + ":2\"]}",
            "delete {\"secrets\":[\"" + id + ":2\"]}");
  }
}
