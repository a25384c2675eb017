package lockstep.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.PermissionSet;
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
    Caller caller = organisation.ownerAllowed(PermissionSet.NONE);
    Access access = new Access(counting, DecisionObserver.NONE);
    organisation.app("one");
    assertThat(counting.statementsOf(() -> keys.of(access.heldKeys(caller)))).isEqualTo(2);
    for (String name : List.of("two", "three", "four")) {
      organisation.app(name);
    }
    assertThat(counting.statementsOf(() -> keys.of(access.heldKeys(caller)))).isEqualTo(2);
    assertThat(keys.of(access.heldKeys(caller)).apps()).hasSize(4);
  }
}
