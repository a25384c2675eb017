package lockstep.server.audit;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.tables.tables.records.AuditEventRecord;
import lockstep.server.testing.Backend;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A restore is on record in every organisation. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before the test
final class RestoresContractTest {

  @Parameter private Backend backend;

  @TempDir private Path folder;

  @Test
  void theNextStartRecordsARestoreInEachChainAndNoOtherDoes() {
    Map<String, String> settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", folder.toString());
    UUID one;
    UUID other;
    try (ServerUnderTest server = ServerUnderTest.start(backend, settings)) {
      one = TestOrganisation.create(server).id();
      other = TestOrganisation.create(server).id();
      server
          .database()
          .write(
              db -> {
                Restores.note(
                    db,
                    Instant.parse("2026-02-03T04:05:06Z"),
                    Instant.parse("2026-02-04T00:00:00Z"));
                return db;
              });
    }
    for (int start = 0; start < 2; start++) {
      try (ServerUnderTest server = ServerUnderTest.on(settings)) {
        for (UUID organisation : List.of(one, other)) {
          AuditEventRecord event =
              server
                  .database()
                  .read(
                      db ->
                          db.fetchSingle(
                              AUDIT_EVENT, AUDIT_EVENT.ORGANISATION_ID.eq(organisation)));
          assertThat(event.getAccountKind()).isEqualTo("server");
          assertThat(event.getResourceType()).isEqualTo("organisation");
          assertThat(event.getDescription()).isEqualTo("Restored from a backup");
          assertThat(event.getDetails())
              .isEqualTo(
                  "{\"backupFrom\":\"2026-02-03T04:05:06.000000Z\","
                      + "\"restoredAt\":\"2026-02-04T00:00:00.000000Z\"}");
        }
      }
    }
  }
}
