package lockstep.server.backup;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.SECRET;

import java.util.List;
import java.util.UUID;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/** Secrets to try, of any organisation. */
final class SampleStore {

  private SampleStore() {}

  record Environment(OrganisationId organisation, EnvironmentId id) {}

  /** What is stored of a secret; all but the id and the digest are ciphertexts. */
  record Secret(UUID id, String key, String value, String comment, String digest) {

    @Override
    public String toString() {
      return "Secret[" + id + "]";
    }
  }

  /** Some of the environments that the server can open. */
  static List<Environment> environments(DSLContext db, int limit) {
    return db.select(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID, ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID)
        .from(ENVIRONMENT_SERVER_KEY)
        .orderBy(DSL.rand())
        .limit(limit)
        .fetch(
            row ->
                new Environment(new OrganisationId(row.value1()), new EnvironmentId(row.value2())));
  }

  /** Some of the secrets of an environment. */
  static List<Secret> secrets(DSLContext db, Environment environment, int limit) {
    return db.select(
            SECRET.ID,
            SECRET.KEY_CIPHERTEXT,
            SECRET.VALUE_CIPHERTEXT,
            SECRET.COMMENT_CIPHERTEXT,
            SECRET.KEY_DIGEST)
        .from(SECRET)
        .where(
            SECRET
                .ORGANISATION_ID
                .eq(environment.organisation().value())
                .and(SECRET.ENVIRONMENT_ID.eq(environment.id().value())))
        .orderBy(DSL.rand())
        .limit(limit)
        .fetch(
            row ->
                new Secret(row.value1(), row.value2(), row.value3(), row.value4(), row.value5()));
  }
}
