package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.testing.ContractTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ContractTest
final class SecretTypesContractTest extends SecretsContract {

  @ParameterizedTest
  @ValueSource(strings = {"secret", "config", "sealed"})
  void aSecretHasTheTypeItIsCreatedWith(String type) {
    JsonNode created = create(secretWith("K", "type", type)).get(0);

    assertThat(created.get("type").stringValue()).isEqualTo(type);
    assertThat(created.get("value").stringValue()).isEqualTo("v");
    assertThat(secretNamed("K")).isEqualTo(created);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Secret", "SEALED", " config", "sealed\n", "rotating"})
  void anyOtherTypeIsRefusedByName(String type) {
    assertCreateRefused(
        400,
        "Invalid 'type': '" + type + "'. Must be one of ['config', 'sealed', 'secret'].",
        secretWith("K", "type", type));
  }

  @Test
  void aTypeThatIsNoStringIsRefusedAndALongOneIsCut() {
    String rule = "Must be one of ['config', 'sealed', 'secret'].";
    assertCreateRefused(400, "Invalid 'type': '1'. " + rule, secretWith("K", "type", 1));
    assertCreateRefused(400, "Invalid 'type': 'true'. " + rule, secretWith("K", "type", true));
    assertCreateRefused(
        400,
        "Invalid 'type': '" + "😀".repeat(200) + "…'. " + rule,
        secretWith("K", "type", "😀".repeat(201)));
  }

  @ParameterizedTest
  @CsvSource({"secret,config", "config,secret", "secret,sealed", "config,sealed", "secret,secret"})
  void theTypeCanChangeUntilItIsSealed(String from, String to) {
    String id = createOne(secretWith("K", "type", from));

    JsonNode updated = update(change(id, "type", to)).get(0);

    assertThat(updated.get("type").stringValue()).isEqualTo(to);
    assertThat(updated.get("value").stringValue()).isEqualTo("v");
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "config"})
  void aSealedSecretCannotBeUnsealed(String type) {
    String id = createOne(secretWith("K", "type", "sealed"));

    assertUpdateRefused(
        400,
        "Sealed secrets cannot be unsealed. Delete and recreate the secret instead.",
        change(id, "type", type, "value", "w"));
  }

  @Test
  void theValueOfASealedSecretIsWriteOnce() {
    String id = createOne(secretWith("K", "value", "first", "type", "sealed"));

    for (Map<String, Object> attempt :
        List.of(change(id, "value", "second"), change(id, "type", "sealed", "value", "third"))) {
      JsonNode updated = update(attempt).get(0);
      assertThat(updated.get("value").stringValue()).isEqualTo("first");
      assertThat(secretNamed("K")).isEqualTo(updated);
    }
    assertThat(secretNamed("K").get("version").intValue()).isEqualTo(3);
  }

  @Test
  void everythingElseOfASealedSecretCanChange() {
    String id = createOne(secretWith("K", "type", "sealed"));

    JsonNode updated =
        update(
                change(
                    id,
                    "key",
                    "L",
                    "path",
                    "/p",
                    "comment",
                    "c",
                    "tags",
                    List.of("t"),
                    "override",
                    override("mine", true)))
            .get(0);

    assertThat(updated.get("key").stringValue()).isEqualTo("L");
    assertThat(updated.get("path").stringValue()).isEqualTo("/p");
    assertThat(updated.get("comment").stringValue()).isEqualTo("c");
    assertThat(updated.get("value").stringValue()).isEqualTo("v");
    assertThat(updated.get("override").get("value").stringValue()).isEqualTo("mine");
  }

  @Test
  void sealingStoresTheValueThatIsSentWithIt() {
    String id = createOne(secret("K", "draft"));

    assertThat(
            update(change(id, "type", "sealed", "value", "final"))
                .get(0)
                .get("value")
                .stringValue())
        .isEqualTo("final");
    update(change(id, "value", "late"));
    assertThat(secretNamed("K").get("value").stringValue()).isEqualTo("final");
  }

  @Test
  void aSealedSecretCanBeDeletedAndMadeAnew() {
    delete(createOne(secretWith("K", "type", "sealed")));

    create(secretWith("K", "type", "config"));
  }

  @Test
  void aRotatingSecretIsServedButNotChanged() {
    UUID id =
        new StoredRows(server, app, "Development")
            .insert("ROTATING", "current", row -> row.setLifecycle("rotating"));

    JsonNode found = secretNamed("ROTATING");
    assertThat(found.get("lifecycle").stringValue()).isEqualTo("rotating");
    assertThat(found.get("value").stringValue()).isEqualTo("current");
    String plain = createOne(secret("PLAIN", "v"));
    assertUpdateRefused(
        400,
        "Rotating secrets are managed by the Phase rotation engine and cannot be updated via this"
            + " endpoint.",
        change(plain, "value", "w"),
        change(id.toString(), "comment", "c"));
    assertCreateRefused(409, DUPLICATE, secret("rotating", "v"));
    assertUpdateRefused(409, DUPLICATE, change(plain, "key", "rotating"));
  }
}
