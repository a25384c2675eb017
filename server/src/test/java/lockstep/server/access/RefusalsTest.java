package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RefusalsTest {

  @ParameterizedTest
  @CsvSource({
    "APPS, read, apps",
    "MEMBERS, create, members",
    "ROLES, update, roles",
    "TEAMS, delete, teams",
    "SERVICE_ACCOUNTS, read, service accounts",
    "SERVICE_ACCOUNT_TOKENS, create, service account tokens",
    "NETWORK_ACCESS_POLICIES, update, network access policies",
    "MEMBER_PERSONAL_ACCESS_TOKENS, delete, member personal access tokens",
  })
  void namesTheActionAndTheThings(OrganisationResource resource, String action, String things) {
    assertThat(Refusals.of(resource, Action.valueOf(action.toUpperCase(java.util.Locale.ROOT))))
        .isEqualTo("You don't have permission to " + action + " " + things + ".");
  }

  @Test
  void namesWhatIsInAnApp() {
    assertThat(Refusals.of(AppResource.SECRETS, Action.READ))
        .isEqualTo("You don't have permission to read secrets in this environment.");
    assertThat(Refusals.of(AppResource.ENVIRONMENTS, Action.DELETE))
        .isEqualTo("You don't have permission to delete environments.");
    assertThat(Refusals.of(AppResource.ENCRYPTION_MODE, Action.UPDATE))
        .isEqualTo("You don't have permission to update encryption mode.");
  }

  @ParameterizedTest
  @EnumSource(AccountKind.class)
  void everyKindOfAccountIsStoredUnderItsName(AccountKind kind) {
    assertThat(AccountKind.ofStoredName(kind.storedName())).isSameAs(kind);
  }

  @Test
  void noAccountIsOfAnotherKind() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AccountKind.ofStoredName("robot"))
        .withMessage("no such kind of account: robot");
  }
}
