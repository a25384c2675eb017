package lockstep.server.access;

import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which service accounts a caller may know of, and whether it may change them. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class KnownServiceAccountsContractTest extends OnBothDatabases {

  private static final PermissionSet READS = allows(Action.READ);
  private static final PermissionSet UPDATES = allows(Action.UPDATE);

  private AccountId free;
  private AccountId ofTeam;
  private UUID team;
  private TestCaller member;

  @BeforeEach
  void prepare() {
    free = new AccountId(organisation.serviceAccount(DefaultRole.SERVICE).account());
    member = organisation.memberWith(PermissionSet.NONE);
    ofTeam = new AccountId(organisation.serviceAccount(DefaultRole.SERVICE).account());
    team = organisation.team(null, null);
    giveTo(team, ofTeam);
  }

  private void giveTo(UUID owner, AccountId account) {
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .set(SERVICE_ACCOUNT.TEAM_ID, owner)
                    .where(SERVICE_ACCOUNT.ID.eq(account.value()))
                    .execute());
  }

  private static PermissionSet allows(Action action) {
    return new PermissionSet(
        Map.of(OrganisationResource.SERVICE_ACCOUNTS, Set.of(action)), Map.of());
  }

  private Map<AccountId, Boolean> known(PermissionSet role, boolean globalAccess) {
    Caller caller =
        new Caller(
            new OrganisationId(organisation.id()),
            Plan.FREE,
            new AccountId(member.account()),
            AccountKind.MEMBER,
            "member",
            new TokenId(UUID.randomUUID()),
            role,
            globalAccess,
            new NetworkPolicies(List.of(), List.of()),
            AccessRevision.UNKNOWN,
            new Origin(Optional.empty(), "", ""));
    return server
        .database()
        .read(db -> ServiceAccountDecisions.known(db, caller, List.of(free, ofTeam)));
  }

  @Test
  void outsideATeamItsAccountsAreUnknown() {
    assertThat(known(READS, false)).containsExactlyEntriesOf(Map.of(free, false));
    assertThat(known(UPDATES, false)).containsExactlyEntriesOf(Map.of(free, true));
    assertThat(known(PermissionSet.NONE, false)).isEmpty();
  }

  @Test
  void globalAccessKnowsThoseOfTeamsToo() {
    assertThat(known(READS, true))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, false, ofTeam, false));
    assertThat(known(UPDATES, true))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, true, ofTeam, true));
    assertThat(known(PermissionSet.NONE, true)).isEmpty();
  }

  @Test
  void insideATeamTheRoleOfTheCallerSaysWhatItMayChange() {
    organisation.join(team, member);
    assertThat(known(READS, false))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, false, ofTeam, false));
    assertThat(known(UPDATES, false))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, true, ofTeam, true));
    assertThat(known(PermissionSet.NONE, false)).containsExactlyEntriesOf(Map.of(ofTeam, false));
  }

  @Test
  void theRoleOfTheTeamTakesThePlaceOfTheCallersOwn() {
    UUID updating = organisation.team(organisation.customRole(UPDATES), null);
    organisation.join(updating, member);
    giveTo(updating, ofTeam);
    assertThat(known(PermissionSet.NONE, false)).containsExactlyEntriesOf(Map.of(ofTeam, true));
    UUID reading = organisation.team(organisation.customRole(READS), null);
    organisation.join(reading, member);
    giveTo(reading, ofTeam);
    assertThat(known(UPDATES, false))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, true, ofTeam, false));
    assertThat(known(UPDATES, true))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, true, ofTeam, true));
  }

  @Test
  void severalAccountsOfOneTeamAreKnownTogether() {
    organisation.join(team, member);
    giveTo(team, free);
    assertThat(known(UPDATES, false))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, true, ofTeam, true));
    assertThat(known(PermissionSet.NONE, false))
        .containsExactlyInAnyOrderEntriesOf(Map.of(free, false, ofTeam, false));
  }
}
