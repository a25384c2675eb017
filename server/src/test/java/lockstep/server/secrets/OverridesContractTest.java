package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class OverridesContractTest extends SecretsContract {

  @Test
  void anOverrideIsAnsweredBesideTheValueAndNeverReplacesIt() {
    JsonNode created = create(secretWith("K", "override", override("mine", true))).get(0);

    assertThat(created.get("value").stringValue()).isEqualTo("v");
    JsonNode override = created.get("override");
    assertThat(override.propertyNames())
        .containsExactly("id", "value", "isActive", "createdAt", "updatedAt");
    assertThat(override.get("value").stringValue()).isEqualTo("mine");
    assertThat(override.get("isActive").booleanValue()).isTrue();
    assertThat(secretNamed("K")).isEqualTo(created);
  }

  @Test
  void anInactiveOverrideIsKeptInactiveAndAnswered() {
    JsonNode created = create(secretWith("K", "override", override("mine", false))).get(0);

    assertThat(created.get("override").get("isActive").booleanValue()).isFalse();
    assertThat(created.get("override").get("value").stringValue()).isEqualTo("mine");
    assertThat(secretNamed("K")).isEqualTo(created);
  }

  @Test
  void anUpdateAddsOrReplacesTheCallersOverride() {
    String id = createOne(secret("K", "v"));

    JsonNode first = update(change(id, "override", override("one", true))).get(0).get("override");
    JsonNode second = update(change(id, "override", override("", false))).get(0).get("override");

    assertThat(second.get("id")).isEqualTo(first.get("id"));
    assertThat(second.get("value").stringValue()).isEmpty();
    assertThat(second.get("isActive").booleanValue()).isFalse();
    assertThat(second.get("createdAt")).isEqualTo(first.get("createdAt"));
    assertThat(second.get("updatedAt").stringValue())
        .isGreaterThan(first.get("updatedAt").stringValue());
    assertThat(secretNamed("K").get("override")).isEqualTo(second);
  }

  @Test
  void anUpdateWithoutOverrideKeepsIt() {
    JsonNode created = create(secretWith("K", "override", override("mine", true))).get(0);

    JsonNode updated = update(change(created.get("id").stringValue(), "value", "w")).get(0);

    assertThat(updated.get("override")).isEqualTo(created.get("override"));
  }

  @Test
  void everyMemberHasAnOverrideOfTheirOwn() {
    String id = createOne(secretWith("K", "override", override("owner's", true)));
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(developer, app, "Development");

    assertThat(developer.get(app.secrets()).is(200).json().get(0).get("override").isNull())
        .isTrue();
    JsonNode theirs =
        developer
            .put(app.secrets(), body(change(id, "override", override("developer's", false))))
            .is(200)
            .json()
            .get(0);

    assertThat(theirs.get("override").get("value").stringValue()).isEqualTo("developer's");
    assertThat(secretNamed("K").get("override").get("value").stringValue()).isEqualTo("owner's");
    assertThat(secretNamed("K").get("override").get("id"))
        .isNotEqualTo(theirs.get("override").get("id"));
  }

  @Test
  void allTokensOfAMemberShareItsOverrides() {
    JsonNode created = create(secretWith("K", "override", override("mine", true))).get(0);

    assertThat(organisation.memberToken(owner, null).get(app.secrets()).is(200).json())
        .containsExactly(created);
  }

  @Test
  void serviceAccountsHaveNoOverrides() {
    create(secretWith("MINE", "override", override("owner's", true)));
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(bot, app, "Development");

    assertHasNoOverrides(bot);
  }

  @Test
  void legacyServiceTokensHaveNoOverrides() {
    create(secretWith("MINE", "override", override("owner's", true)));

    assertHasNoOverrides(organisation.serviceToken(app, "Development"));
  }

  private void assertHasNoOverrides(TestCaller caller) {
    assertThat(caller.get(app.secrets()).is(200).json().get(0).get("override").isNull()).isTrue();
    JsonNode created =
        caller
            .post(app.secrets(), body(secretWith("K", "override", override("x", true))))
            .is(201)
            .json()
            .get(0);
    assertThat(created.get("override").isNull()).isTrue();
    JsonNode updated =
        caller
            .put(
                app.secrets(),
                body(change(created.get("id").stringValue(), "override", override("y", true))))
            .is(200)
            .json()
            .get(0);
    assertThat(updated.get("override").isNull()).isTrue();
    assertThat(updated.get("version").intValue()).isEqualTo(2);
    UUID id = UUID.fromString(created.get("id").stringValue());
    int stored =
        server
            .database()
            .read(db -> db.fetchCount(SECRET_OVERRIDE, SECRET_OVERRIDE.SECRET_ID.eq(id)));
    assertThat(stored).isZero();
    caller
        .post(app.secrets(), body(secretWith("L", "override", 1)))
        .isError(400, "'override' must be a JSON object.");
    caller
        .post(app.secrets(), body(secretWith("L", "override", object("value", 1))))
        .isError(400, "'override.value' must be a string.");
  }

  @Test
  void anOverrideMustBeAnObjectEvenNotNull() {
    String id = createOne(secret("K", "v"));
    for (Object wrong : Arrays.asList(null, "x", 1, true, List.of())) {
      String error = "'override' must be a JSON object.";
      assertCreateRefused(400, error, secretWith("L", "override", wrong));
      assertUpdateRefused(400, error, change(id, "override", wrong));
    }
  }

  @Test
  void theValueOfAnOverrideIsCheckedBeforeItsFlag() {
    for (Object wrong : Arrays.asList(null, 1, true, List.of(), Map.of())) {
      assertCreateRefused(
          400,
          "'override.value' must be a string.",
          secretWith("K", "override", object("value", wrong, "isActive", "x")));
      if (!Boolean.TRUE.equals(wrong)) {
        assertCreateRefused(
            400,
            "'override.isActive' must be a boolean.",
            secretWith("K", "override", object("value", "o", "isActive", wrong)));
      }
    }
    assertCreateRefused(
        400,
        "'override.isActive' must be a boolean.",
        secretWith("K", "override", object("value", "o", "isActive", "true")));
  }

  @Test
  void aNewSecretOfTheSameNameDoesNotInheritTheOverride() {
    delete(createOne(secretWith("K", "override", override("old", true))));

    assertThat(create(secret("K", "v")).get(0).get("override").isNull()).isTrue();
    assertThat(secretNamed("K").get("override").isNull()).isTrue();
  }
}
