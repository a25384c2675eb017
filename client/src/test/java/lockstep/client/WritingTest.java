package lockstep.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.client.ScriptedServer.Arrived;
import lockstep.client.internal.JsonTree;
import lockstep.crypto.FieldOpener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

final class WritingTest extends AgainstScriptedServer {

  private JsonNode onlyItem(Arrived request) {
    JsonNode items = JsonTree.read(request.body().getBytes(StandardCharsets.UTF_8)).get("secrets");
    assertThat(items.size()).isOne();
    return items.get(0);
  }

  private String opened(JsonNode item, String field) {
    try (FieldOpener opener = account.keys("app/dev").opener()) {
      return opener.open(item.get(field).stringValue());
    }
  }

  @Test
  void aNewSecretIsSentEncryptedWithItsDigest() {
    environment()
        .create(
            NewSecret.of("NEW", "värde €")
                .in("a//b/")
                .withComment("why")
                .withTags(List.of("x", "y"))
                .withType(SecretType.CONFIG)
                .withOverride(new PersonalOverride("mine", false)));

    Arrived request = server.arrived().getLast();
    assertThat(request.header("Environment")).contains(account.id("app/dev"));
    assertThat(request.method() + request.uri()).isEqualTo("POST/service/secrets/");
    JsonNode item = onlyItem(request);
    assertThat(opened(item, "key")).isEqualTo("NEW");
    assertThat(opened(item, "value")).isEqualTo("värde €");
    assertThat(opened(item, "comment")).isEqualTo("why");
    assertThat(opened(item.get("override"), "value")).isEqualTo("mine");
    assertThat(item.get("override").get("isActive").booleanValue()).isFalse();
    assertThat(item.get("keyDigest").stringValue())
        .isEqualTo(account.keys("app/dev").keyDigest("NEW"));
    assertThat(item.get("path").stringValue()).isEqualTo("/a/b");
    assertThat(item.get("type").stringValue()).isEqualTo("config");
    assertThat(item.get("tags").toString()).isEqualTo("[\"x\",\"y\"]");
  }

  @Test
  void fieldsHaveEphemeralKeysOfTheirOwn() {
    environment().create(NewSecret.of("NEW", "v").withComment("c"));

    JsonNode item = onlyItem(server.arrived().getLast());
    assertThat(
            List.of(ephemeral(item, "key"), ephemeral(item, "value"), ephemeral(item, "comment")))
        .doesNotHaveDuplicates();
  }

  private static String ephemeral(JsonNode item, String field) {
    return item.get(field).stringValue().split(":", -1)[2];
  }

  @Test
  void aChangeSendsWhatChangesAndTheTagsAsTheyWere() {
    account.lastRow("app/dev").putArray("tags").add("kept");
    account.on(server);
    Secret secret = environment().get("KEY");

    environment().update(SecretChange.of(secret).value("new"));

    JsonNode item = onlyItem(server.arrived().getLast());
    assertThat(item.propertyNames()).containsExactlyInAnyOrder("id", "value", "tags");
    assertThat(item.get("id").stringValue()).isEqualTo(secret.id());
    assertThat(item.get("tags").toString()).isEqualTo("[\"kept\"]");
    assertThat(opened(item, "value")).isEqualTo("new");
  }

  @Test
  void aRenamedSecretGetsTheDigestOfItsNewName() {
    Secret secret = environment().get("KEY");

    environment()
        .update(SecretChange.of(secret).key("OTHER").path("/f").comment("").tags(List.of()));

    JsonNode item = onlyItem(server.arrived().getLast());
    assertThat(opened(item, "key")).isEqualTo("OTHER");
    assertThat(item.get("keyDigest").stringValue())
        .isEqualTo(account.keys("app/dev").keyDigest("OTHER"));
    assertThat(item.get("comment").stringValue()).isEmpty();
    assertThat(item.get("path").stringValue()).isEqualTo("/f");
  }

  @Test
  void theValueOfASealedSecretIsNotSentInVain() {
    account.lastRow("app/dev").put("type", "sealed");
    account.on(server);
    Secret secret = environment().get("KEY");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> SecretChange.of(secret).value("new"))
        .withMessageContaining("sealed");
  }

  @Test
  void settingCreatesChangesAndLeavesWhatIsAsItShouldBe() {
    account
        .secret("app/dev", "SAME", "same")
        .secret("app/dev", "/f", "NEW", "elsewhere")
        .on(server);
    Map<String, String> values = new LinkedHashMap<>();
    values.put("KEY", "changed");
    values.put("SAME", "same");
    values.put("NEW", "new");

    assertThat(environment().set("/", values)).isEqualTo(new SetResult(1, 1, 1));

    List<Arrived> requests = server.arrived();
    assertThat(methods()).containsExactly("GET", "GET", "POST", "PUT");
    assertThat(opened(onlyItem(requests.get(2)), "key")).isEqualTo("NEW");
    assertThat(opened(onlyItem(requests.get(3)), "value")).isEqualTo("changed");
  }

  @Test
  void whatChangesNothingSendsNothing() {
    environment().create(List.of());
    environment().update(List.of());
    environment().delete(List.of());

    assertThat(methods()).containsExactly("GET");
  }

  @Test
  void deletionNamesIds() {
    Secret secret = environment().get("KEY");
    environment().delete(secret);

    Arrived request = server.arrived().getLast();
    assertThat(request.method()).isEqualTo("DELETE");
    assertThat(request.body()).isEqualTo("{\"secrets\":[\"" + secret.id() + "\"]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/\u00e4", "/ leading", "/a b", "/\u0001", "/€"})
  void aFolderThatFitsIntoNoHeaderIsReadAllTheSame(String path) {
    account
        .secret("app/dev", path, "K", "there")
        .secret("app/dev", "/x", "K", "not there")
        .on(server);

    assertThat(environment().get(path, "K").value()).isEqualTo("there");
    assertThat(environment().values(path)).isEqualTo(Map.of("K", "there"));
  }

  @Test
  void halfACharacterCannotBeWritten() {
    Environment environment = environment();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> environment.set("KEY", "x\ud800"))
        .withMessageNotContaining("\ud800");
  }
}
