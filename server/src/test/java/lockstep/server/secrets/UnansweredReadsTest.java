package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.PermissionSet;
import lockstep.server.access.SecretsAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.ForwardingDatabase;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Reads that are refused after their answer was made. */
@ContractTest
final class UnansweredReadsTest extends SecretsContract {

  private static final SecretFilter ALL =
      new SecretFilter(Optional.empty(), Optional.empty(), Optional.empty());

  @Test
  void whatCannotBePutOnRecordDoesNotStayOpen() {
    create(secret("A", "a"));
    Refusing database = new Refusing(server.database());
    Secrets secrets = secrets(database);
    SecretsAccess access = access();
    Opened answered = secrets.list(access, ALL, _ -> false).json().orElseThrow();
    byte[] shared = answered.bytes();
    assertThat(shared[0]).isEqualTo((byte) '[');

    database.refuses = true;
    Listed refused = secrets.list(access, ALL, _ -> false);
    assertThatThrownBy(refused.condition().toCompletableFuture()::join)
        .hasStackTraceContaining("on purpose");
    answered.close(); // The last one, unless the other is still open.

    assertThat(shared).containsOnly(0);
  }

  private Secrets secrets(Database database) {
    Clock clock = Clock.systemUTC();
    ServerKeys keys = ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET));
    EnvironmentKeyring keyring = new EnvironmentKeyring(keys);
    return new Secrets(
        database,
        keyring,
        new SecretSnapshots(keyring),
        new Access(database, DecisionObserver.NONE),
        new Audit(database, new Checkpoints(keys), clock),
        clock);
  }

  private SecretsAccess access() {
    PermissionSet all =
        new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, EnumSet.allOf(Action.class)));
    return new Access(server.database(), DecisionObserver.NONE)
        .secrets(
            organisation.ownerAllowed(all),
            Optional.of(app.id()),
            Optional.of("Development"),
            Action.READ);
  }

  /** Takes no more writes, once told so. */
  private static final class Refusing extends ForwardingDatabase {

    private volatile boolean refuses;

    Refusing(Database database) {
      super(database);
    }

    @Override
    public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
      if (refuses) {
        throw new IllegalStateException("on purpose");
      }
      return super.write(work);
    }
  }
}
