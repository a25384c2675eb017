package lockstep.server.store;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.audit.AuditFindings;
import lockstep.server.audit.AuditVerification;
import lockstep.server.audit.Checkpoints;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code lockstep audit verify} opens beside a server. */
final class ReadingDatabaseTest {

  @TempDir Path folder;

  private Map<String, String> settings(Backend backend) {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    return settings;
  }

  private Database open(Map<String, String> settings) {
    String url = settings.get("LOCKSTEP_DATABASE_URL");
    return url == null
        ? Databases.embeddedForReading(folder)
        : Databases.postgresForReading(URI.create(url));
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void chainsAreVerifiedBesideARunningServer(Backend backend) {
    Map<String, String> settings = settings(backend);
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings);
        Database reading = open(settings)) {
      TestOrganisation organisation = TestOrganisation.create(server);
      organisation.app("shop");
      List<AuditFindings.Chain> chains = new ArrayList<>();
      new AuditVerification(
              reading, Checkpoints.publicKey(ServerKey.parse(ServerUnderTest.SERVER_SECRET)))
          .run(
              new AuditFindings() {
                @Override
                public void problem(Problem problem) {
                  assertThat(problem.organisation()).isNotEqualTo(organisation.id().toString());
                }

                @Override
                public void chain(Chain chain) {
                  chains.add(chain);
                }
              });
      assertThat(chains)
          .anySatisfy(
              chain -> {
                assertThat(chain.organisation()).isEqualTo(organisation.id().toString());
                assertThat(chain.records()).isPositive();
              });
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void nothingCanBeWritten(Backend backend) {
    Map<String, String> settings = settings(backend);
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings);
        Database reading = open(settings)) {
      TestOrganisation.create(server).app("shop");
      assertThatThrownBy(() -> reading.write(db -> 1))
          .isInstanceOf(UnsupportedOperationException.class);
      assertThatThrownBy(() -> reading.read(db -> db.deleteFrom(AUDIT_EVENT).execute()))
          .isInstanceOf(StoreUnavailableException.class);
      int events = server.database().read(db -> db.fetchCount(AUDIT_EVENT));
      assertThat(events).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(Backend.class)
  void anEmptyDatabaseIsRefused(Backend backend) {
    Map<String, String> settings = settings(backend);
    assertThatThrownBy(() -> open(settings)).isInstanceOf(StoreUnavailableException.class);
  }
}
