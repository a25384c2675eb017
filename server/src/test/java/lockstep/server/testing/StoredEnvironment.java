package lockstep.server.testing;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_VERSION;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import lockstep.server.store.Database;

/** What a database has of an environment, looked at behind the API. */
public final class StoredEnvironment {

  private final Database database;
  private final UUID id;

  /** Of the environment with this id. */
  public StoredEnvironment(Database database, String id) {
    this.database = database;
    this.id = UUID.fromString(id);
  }

  /** The public key of its present keys. */
  public String identityKey() {
    return database.read(
        db ->
            db.select(ENVIRONMENT.IDENTITY_KEY)
                .from(ENVIRONMENT)
                .where(ENVIRONMENT.ID.eq(id))
                .fetchSingle()
                .value1());
  }

  /** All that is encrypted with them: of secrets, also deleted ones, versions and overrides. */
  public List<String> ciphertexts() {
    return database.read(
        db -> {
          List<String> texts = new ArrayList<>();
          db.selectFrom(SECRET)
              .where(SECRET.ENVIRONMENT_ID.eq(id))
              .forEach(
                  row -> {
                    texts.add(row.getKeyCiphertext());
                    texts.add(row.getValueCiphertext());
                    texts.add(row.getCommentCiphertext());
                  });
          db.selectFrom(SECRET_VERSION)
              .where(SECRET_VERSION.ENVIRONMENT_ID.eq(id))
              .forEach(
                  row -> {
                    texts.add(row.getKeyCiphertext());
                    texts.add(row.getValueCiphertext());
                    texts.add(row.getCommentCiphertext());
                  });
          texts.addAll(
              db.select(SECRET_OVERRIDE.VALUE_CIPHERTEXT)
                  .from(SECRET_OVERRIDE)
                  .join(SECRET)
                  .on(SECRET.ID.eq(SECRET_OVERRIDE.SECRET_ID))
                  .where(SECRET.ENVIRONMENT_ID.eq(id))
                  .fetch(SECRET_OVERRIDE.VALUE_CIPHERTEXT));
          texts.removeIf(String::isEmpty);
          return texts;
        });
  }
}
