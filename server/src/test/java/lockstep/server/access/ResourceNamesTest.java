package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ResourceNamesTest {

  @Test
  void organisationKinds() {
    assertThat(OrganisationResource.values())
        .extracting(OrganisationResource::wireName)
        .containsExactly(
            "Organisation",
            "Billing",
            "Apps",
            "Members",
            "MemberPersonalAccessTokens",
            "ServiceAccounts",
            "ServiceAccountTokens",
            "ExternalIdentities",
            "Roles",
            "IntegrationCredentials",
            "NetworkAccessPolicies",
            "Logs",
            "SSO",
            "Teams",
            "SCIM",
            "LogStreams");
  }

  @Test
  void appKinds() {
    assertThat(AppResource.values())
        .extracting(AppResource::wireName)
        .containsExactly(
            "Environments",
            "Secrets",
            "DynamicSecretLeases",
            "RotatingSecrets",
            "Lockbox",
            "Logs",
            "Tokens",
            "Members",
            "ServiceAccounts",
            "Integrations",
            "EncryptionMode",
            "Teams");
  }

  @Test
  void actions() {
    assertThat(Action.values())
        .extracting(Action::wireName)
        .containsExactly("create", "read", "update", "delete");
  }

  @Test
  void allActionsAreValidButForTwoKinds() {
    Set<Action> all = EnumSet.allOf(Action.class);

    for (OrganisationResource kind : OrganisationResource.values()) {
      assertThat(kind.validActions())
          .isEqualTo(kind == OrganisationResource.LOGS ? Set.of(Action.READ) : all);
    }
    for (AppResource kind : AppResource.values()) {
      assertThat(kind.validActions())
          .isEqualTo(
              kind == AppResource.ENCRYPTION_MODE ? Set.of(Action.READ, Action.UPDATE) : all);
    }
  }

  @Test
  void everyNameIsFound() {
    for (OrganisationResource kind : OrganisationResource.values()) {
      assertThat(OrganisationResource.ofWireName(kind.wireName())).contains(kind);
    }
    for (AppResource kind : AppResource.values()) {
      assertThat(AppResource.ofWireName(kind.wireName())).contains(kind);
    }
    for (Action action : Action.values()) {
      assertThat(Action.ofWireName(action.wireName())).contains(action);
    }
  }

  @Provide
  Arbitrary<String> disguisedNames() {
    String[] names =
        Stream.of(
                Arrays.stream(OrganisationResource.values()).map(OrganisationResource::wireName),
                Arrays.stream(AppResource.values()).map(AppResource::wireName),
                Arrays.stream(Action.values()).map(Action::wireName))
            .flatMap(name -> name)
            .toArray(String[]::new);
    return Arbitraries.of(names)
        .flatMap(
            name ->
                Arbitraries.of(
                    name + " ",
                    " " + name,
                    name + ".",
                    name + "\u200b",
                    name.charAt(0) + "\u0301" + name.substring(1),
                    name.toUpperCase(Locale.ROOT) + "_",
                    name.replace('s', 'ſ').replace('S', 'ſ') + "ſ",
                    name.replace('e', 'е') + "е",
                    name.chars()
                        .mapToObj(c -> Character.toString(c + 0xfee0))
                        .reduce("", String::concat),
                    name + "\0",
                    "*",
                    ""));
  }

  @Property
  void noOtherSpellingMeetsAName(@ForAll("disguisedNames") String name) {
    assertThat(OrganisationResource.ofWireName(name)).isEmpty();
    assertThat(AppResource.ofWireName(name)).isEmpty();
    assertThat(Action.ofWireName(name)).isEmpty();
  }

  @Test
  void letterCaseCounts() {
    assertThat(OrganisationResource.ofWireName("apps")).isEmpty();
    assertThat(AppResource.ofWireName("SECRETS")).isEmpty();
    assertThat(Action.ofWireName("Read")).isEmpty();
  }
}
