package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestApp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@ContractTest
final class SecretReadContractTest extends SecretsContract {

  @Test
  void anEnvironmentWithoutSecretsAnswersAnEmptyArray() {
    assertThat(owner.get(app.secrets()).is(200).text()).isEqualTo("[]");
  }

  @Test
  void theAnswerIsNotToBeStored() {
    assertThat(owner.get(app.secrets()).is(200).headers().firstValue("Cache-Control"))
        .hasValue("no-store");
    assertThat(
            owner
                .post(app.secrets(), body(secret("K", "v")))
                .is(201)
                .headers()
                .firstValue("Cache-Control"))
        .hasValue("no-store");
  }

  @Test
  void rowsAreOrderedByPathThenByTimeOfCreation() {
    create(secret("/b", "B1", "v"), secret("/", "R2", "v"));
    create(secret("R1", "v"), secret("/a/z", "AZ", "v"), secret("/a", "A2", "v"));
    create(secret("/a", "A1", "v"), secret("/B", "UP", "v"), secret("R0", "v"));
    update(change(secretNamed("R2").get("id").stringValue(), "value", "w"));

    assertThat(keys(list())).containsExactly("R2", "R1", "R0", "UP", "A2", "A1", "AZ", "B1");
  }

  @Test
  void rowsOfTheSameTimeAreOrderedById() {
    StoredRows rows = new StoredRows(server, app, "Development");
    Instant time = Instant.parse("2026-01-01T00:00:00.000001Z");
    List<UUID> ids =
        List.of(
            UUID.fromString("f0000000-0000-4000-8000-" + suffix()),
            UUID.fromString("00000000-0000-4000-8000-" + suffix()),
            UUID.fromString("7fffffff-0000-4000-8000-" + suffix()),
            UUID.fromString("80000000-0000-4000-8000-" + suffix()));
    for (UUID id : ids) {
      rows.insert(
          "K" + id,
          "v",
          row -> {
            row.setId(id);
            row.setCreatedAt(time);
          });
    }

    assertThat(each(list(), "id"))
        .containsExactlyElementsOf(ids.stream().map(UUID::toString).sorted().toList());
  }

  private static String suffix() {
    return UUID.randomUUID().toString().substring(24);
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "/       | ROOT",
        "''      | ROOT A A2 AB UP X",
        "//      | ROOT",
        "/a      | A A2",
        "a       | A A2",
        "//a///  | A A2",
        "/a/b    | AB",
        "a/b/    | AB",
        "/A      | UP",
        "/a/     | A A2",
        "' /a'   | ''",
        "/a/..   | ''",
        "/a/%    | ''",
        "/x y/é  | X",
        "/nope   | ''"
      },
      delimiter = '|')
  void pathFindsWhatLiesExactlyThere(String path, String keys) {
    create(secret("ROOT", "v"), secret("/a", "A", "v"), secret("/a", "A2", "v"));
    create(secret("/a/b", "AB", "v"), secret("/A", "UP", "v"), secret("/x y/é", "X", "v"));

    assertThat(keys(list("path", path)))
        .containsExactlyInAnyOrderElementsOf(keys.isEmpty() ? List.of() : List.of(keys.split(" ")));
  }

  @Test
  void keyFindsTheNameInAnyCaseAtAnyPath() {
    create(secret("/a", "db_name", "1"), secret("DB_NAME", "2"), secret("DB_NAME2", "3"));

    assertThat(each(list("key", "Db_Name"), "path")).containsExactly("/", "/a");
    assertThat(list("key", " DB_NAME")).isEmpty();
    assertThat(list("key", "DB_%")).isEmpty();
    assertThat(list("key", "")).hasSize(3);
  }

  @Test
  void filtersNarrowEachOther() {
    create(
        secretWith("A", "path", "/x", "tags", List.of("red", "blue")),
        secretWith("A", "path", "/y", "tags", List.of("red")),
        secretWith("B", "path", "/x", "tags", List.of("blue")),
        secretWith("C", "path", "/x"));

    assertThat(keys(list("path", "/x", "tags", "blue"))).containsExactly("A", "B");
    assertThat(each(list("key", "a", "tags", "red"), "path")).containsExactly("/x", "/y");
    assertThat(list("key", "A", "path", "/x", "tags", "red, blue")).hasSize(1);
    assertThat(list("key", "B", "path", "/x", "tags", "red")).isEmpty();
    assertThat(list("key", "C", "path", "/x")).hasSize(1);
  }

  @Test
  void tagsFindSecretsThatHaveAnyOfThemEachOnce() {
    create(
        secretWith("A", "tags", List.of("red", "blue")),
        secretWith("B", "tags", List.of("blue")),
        secretWith("C", "tags", List.of("Red", "dark blue")),
        secret("D", "v"));

    assertThat(keys(list("tags", "red"))).containsExactly("A");
    assertThat(keys(list("tags", "red,blue"))).containsExactly("A", "B");
    assertThat(keys(list("tags", " blue , nope ,,blue"))).containsExactly("A", "B");
    assertThat(keys(list("tags", "dark blue"))).containsExactly("C");
    assertThat(list("tags", "nope")).isEmpty();
    assertThat(list("tags", " , ")).isEmpty();
    assertThat(list("tags", "")).hasSize(4);
    JsonNode found = list("tags", "blue");
    assertThat(found.get(0).get("tags").toString()).isEqualTo("[\"red\",\"blue\"]");
  }

  @Test
  void tagsOfAnotherOrganisationMatchNothing() {
    create(secretWith("A", "tags", List.of("red")));
    var other = lockstep.server.testing.TestOrganisation.create(server);
    TestApp theirs = other.app("x");
    other.owner().post(theirs.secrets(), body(secretWith("B", "tags", List.of("red")))).is(201);

    assertThat(keys(list("tags", "red"))).containsExactly("A");
  }

  @ParameterizedTest
  @ValueSource(strings = {"60", "0", "-1", "+5", "100000000000000000", ""})
  void leaseTtlIsAnInteger(String ttl) {
    list("lease_ttl", ttl);
    list("leaseTtl", ttl);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1.5", "1e3", " 60", "60s", "0x10", "١٢", "--1", "null"})
  void leaseTtlThatIsNoIntegerIsRefused(String ttl) {
    String error = "lease_ttl must be a valid integer (seconds)";
    owner.get(address("lease_ttl", ttl)).isError(400, error);
    owner.get(address("leaseTtl", ttl, "dynamic", "true", "lease", "true")).isError(400, error);
  }

  @Test
  void flagsForDynamicSecretsDoNotDisturb() {
    create(secret("K", "v"));

    assertThat(list("dynamic", "")).hasSize(1);
    assertThat(list("include_dynamic", "true", "lease", "true", "lease_ttl", "60")).hasSize(1);
    assertThat(list("includeDynamic", "false")).hasSize(1);
  }

  @Test
  void namesAndValuesOfEndToEndClientsAreServedAsTheyWereWritten() {
    new StoredRows(server, app, "Development").insert("camelCase", "theirs");

    JsonNode found = list().get(0);

    assertThat(found.get("key").stringValue()).isEqualTo("camelCase");
    assertThat(found.get("value").stringValue()).isEqualTo("theirs");
    assertThat(list("key", "camelCase")).isEmpty();
  }

  @Test
  void environmentsAndAppsAreApart() {
    create(secret("K", "development"));
    owner.post(app.secrets("Staging"), body(secret("K", "staging"))).is(201);
    TestApp twin = organisation.app("shop");

    assertThat(each(list(), "value")).containsExactly("development");
    assertThat(owner.get(app.secrets("Staging")).each("value")).containsExactly("staging");
    assertThat(owner.get(twin.secrets()).is(200).text()).isEqualTo("[]");
  }

  @Test
  void theEnvironmentIsFoundInAnyCaseAndTheAppToo() {
    create(secret("K", "v"));
    String shouted = app.id().toUpperCase(Locale.ROOT);

    assertThat(owner.get("/v1/secrets/?app_id=" + shouted + "&env=dEVELOPMENT").is(200).json())
        .isEqualTo(list());
    assertThat(owner.get("/v1/secrets?appId=" + app.id() + "&env=Development").is(200).json())
        .isEqualTo(list());
  }

  @Test
  void aReadGrowsNeitherVersionsNorTheTimeOfTheEnvironment() {
    create(secret("K", "v"));
    String time = environmentUpdatedAt();
    JsonNode first = list();

    assertThat(list()).isEqualTo(first);
    assertThat(environmentUpdatedAt()).isEqualTo(time);
  }
}
