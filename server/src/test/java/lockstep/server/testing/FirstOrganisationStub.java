package lockstep.server.testing;

import static lockstep.server.store.tables.Tables.ORGANISATION;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;

/** An organisation that nobody uses, so that a server does not go through a first start. */
public final class FirstOrganisationStub {

  private FirstOrganisationStub() {}

  /** Adds it to the database of this configuration, which is migrated on the way. */
  public static void insert(ServerConfiguration configuration) {
    try (Database database =
        configuration
            .databaseUrl()
            .map(Databases::postgres)
            .orElseGet(() -> Databases.embedded(configuration.dataDirectory()))) {
      database.write(
          db ->
              db.insertInto(ORGANISATION)
                  .set(ORGANISATION.ID, UUID.randomUUID())
                  .set(ORGANISATION.NAME, "nobody")
                  .set(ORGANISATION.PLAN, "FREE")
                  .set(ORGANISATION.ACCESS_REVISION, 0L)
                  .set(ORGANISATION.CREATED_AT, Instant.EPOCH)
                  .set(ORGANISATION.UPDATED_AT, Instant.EPOCH)
                  .execute());
    }
  }
}
