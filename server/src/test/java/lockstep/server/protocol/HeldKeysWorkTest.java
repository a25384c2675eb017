package lockstep.server.protocol;

import static lockstep.server.store.tables.Tables.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.NetworkPolicies;
import lockstep.server.access.Origin;
import lockstep.server.access.PermissionSet;
import lockstep.server.access.Plan;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.CountingDatabase;
import lockstep.server.testing.OnBothDatabases;
import org.junit.jupiter.api.Test;

/** Some clients ask for their keys before everything else they do. */
@ContractTest
final class HeldKeysWorkTest extends OnBothDatabases {

  @Test
  void moreAppsAreNotMoreStatements() {
    CountingDatabase counting = new CountingDatabase(server.database());
    HeldKeys keys = new HeldKeys(counting);
    Caller caller = owner();
    Access access = new Access(counting);
    organisation.app("one");
    assertThat(counting.statementsOf(() -> keys.of(access.heldKeys(caller)))).isEqualTo(2);
    for (String name : List.of("two", "three", "four")) {
      organisation.app(name);
    }
    assertThat(counting.statementsOf(() -> keys.of(access.heldKeys(caller)))).isEqualTo(2);
    assertThat(keys.of(access.heldKeys(caller)).apps()).hasSize(4);
  }

  private Caller owner() {
    return server
        .database()
        .read(
            db ->
                new Caller(
                    new OrganisationId(organisation.id()),
                    Plan.FREE,
                    new AccountId(owner.account()),
                    AccountKind.MEMBER,
                    "owner",
                    new TokenId(
                        db.select(TOKEN.ID)
                            .from(TOKEN)
                            .where(TOKEN.ACCOUNT_ID.eq(owner.account()))
                            .fetchSingle()
                            .value1()),
                    PermissionSet.NONE,
                    true,
                    new NetworkPolicies(List.of(), List.of()),
                    new Origin(Optional.empty(), "", "")));
  }
}
