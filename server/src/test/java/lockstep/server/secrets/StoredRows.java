package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.SECRET;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldSealer;
import lockstep.crypto.ServerKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.tables.tables.records.SecretRecord;
import lockstep.server.testing.TestApp;

/**
 * Secrets put into the database directly, encrypted as a client would: with names that the API
 * would write otherwise, or in states that it cannot bring about.
 */
final class StoredRows {

  private final ServerUnderTest server;
  private final TestApp app;
  private final String environmentName;

  StoredRows(ServerUnderTest server, TestApp app, String environmentName) {
    this.server = server;
    this.app = app;
    this.environmentName = environmentName;
  }

  /** Adds a secret at the root under exactly this name. */
  UUID insert(String key, String value) {
    return insert(key, value, row -> {});
  }

  /** Adds a secret at the root that differs from an ordinary one. */
  UUID insert(String key, String value, Consumer<SecretRecord> difference) {
    UUID id = UUID.randomUUID();
    withKeys(
        keys -> {
          try (FieldSealer sealer = keys.sealer()) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
            SecretRecord row = new SecretRecord();
            row.setId(id);
            row.setEnvironmentId(environment());
            row.setPath("/");
            row.setKeyCiphertext(sealer.seal(key).text());
            row.setKeyDigest(keys.keyDigest(key));
            row.setValueCiphertext(sealer.seal(value).text());
            row.setCommentCiphertext("");
            row.setType("secret");
            row.setLifecycle("static");
            row.setVersion(1);
            row.setCreatedAt(now);
            row.setUpdatedAt(now);
            difference.accept(row);
            return server
                .database()
                .write(
                    db -> {
                      row.setOrganisationId(
                          db.select(ENVIRONMENT.ORGANISATION_ID)
                              .from(ENVIRONMENT)
                              .where(ENVIRONMENT.ID.eq(environment()))
                              .fetchSingle()
                              .value1());
                      return db.insertInto(SECRET).set(row).execute();
                    });
          }
        });
    return id;
  }

  /** Works with the keys of the environment. */
  <T> T withKeys(Function<EnvironmentKeys, T> work) {
    ServerKey serverKey = ServerKey.parse(ServerUnderTest.SERVER_SECRET);
    EnvironmentKeys keys =
        server
            .database()
            .read(
                db ->
                    db.select(
                            ENVIRONMENT_SERVER_KEY.WRAPPED_SEED,
                            ENVIRONMENT_SERVER_KEY.WRAPPED_SALT,
                            ENVIRONMENT.IDENTITY_KEY)
                        .from(ENVIRONMENT_SERVER_KEY)
                        .join(ENVIRONMENT)
                        .on(ENVIRONMENT.ID.eq(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID))
                        .where(ENVIRONMENT.ID.eq(environment()))
                        .fetchSingle(
                            row ->
                                EnvironmentKeys.unwrap(
                                    new WrappedEnvironmentKeys(row.value1(), row.value2()),
                                    serverKey.keyPair(),
                                    row.value3())));
    try (keys) {
      return work.apply(keys);
    }
  }

  private UUID environment() {
    return UUID.fromString(app.environment(environmentName));
  }
}
