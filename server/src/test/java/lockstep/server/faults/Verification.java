package lockstep.server.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.audit.AuditFindings;
import lockstep.server.audit.AuditVerification;
import lockstep.server.audit.Checkpoints;
import lockstep.server.config.StorageConfiguration;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;

/** Goes through the chains of audit events, beside a server or without one. */
public final class Verification {

  private Verification() {}

  /**
   * What is wrong with the chain of this organisation.
   *
   * @param settings lead to the database, by the names of their environment variables
   */
  public static List<String> problems(Map<String, String> settings, UUID organisation) {
    StorageConfiguration storage = StorageConfiguration.read(settings, Map.of());
    try (Database database =
        storage
            .databaseUrl()
            .map(Databases::postgresForReading)
            .orElseGet(() -> Databases.embeddedForReading(storage.dataDirectory()))) {
      List<String> problems = new ArrayList<>();
      new AuditVerification(
              database, Checkpoints.publicKey(ServerKey.parse(ServerUnderTest.SERVER_SECRET)))
          .run(
              new AuditFindings() {
                @Override
                public void problem(Problem problem) {
                  // Tests put organisations beside it whose creation is not on record.
                  if (Set.of("", organisation.toString()).contains(problem.organisation())) {
                    problems.add(problem.toString());
                  }
                }

                @Override
                public void chain(Chain chain) {
                  // What is wrong with it was told before.
                }
              });
      return problems;
    }
  }
}
