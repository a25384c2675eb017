package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_VERSION;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.selectOne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.environmentkeys.StoredTexts.OwnValue;
import lockstep.server.environmentkeys.StoredTexts.Row;
import lockstep.server.environmentkeys.StoredTexts.Stamp;
import lockstep.server.http.ApiException;
import lockstep.server.store.Chunks;
import lockstep.server.store.PlainSql;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about everything that is encrypted with the keys of one environment. */
final class EnvironmentKeysStore {

  private static final String REPLACE_SECRET =
      "update secret set key_ciphertext = ?, key_digest = ?, value_ciphertext = ?,"
          + " comment_ciphertext = ? where id = ? and organisation_id = ?";

  private static final String REPLACE_VERSION =
      "update secret_version set key_ciphertext = ?, key_digest = ?, value_ciphertext = ?,"
          + " comment_ciphertext = ? where id = ? and organisation_id = ?";

  private static final String REPLACE_OVERRIDE =
      "update secret_override set value_ciphertext = ? where id = ? and organisation_id = ?";

  private EnvironmentKeysStore() {}

  /**
   * An environment as it was when it was locked.
   *
   * @param revision that it got by being locked
   */
  record Locked(String identityKey, Instant updatedAt, long revision) {}

  /** Keeps everybody from changing its secrets, and counts up its revision; empty if it is gone. */
  static Optional<Locked> lock(DSLContext db, EnvironmentAccess access) {
    return db.update(ENVIRONMENT)
        .set(ENVIRONMENT.REVISION, ENVIRONMENT.REVISION.plus(1))
        .where(isIt(access))
        .returningResult(ENVIRONMENT.IDENTITY_KEY, ENVIRONMENT.UPDATED_AT, ENVIRONMENT.REVISION)
        .fetchOptional(row -> new Locked(row.value1(), row.value2(), row.value3()));
  }

  /** Keeps everybody from changing it, and leaves it as it is. */
  static void keep(DSLContext db, EnvironmentAccess access) {
    db.update(ENVIRONMENT)
        .set(ENVIRONMENT.REVISION, ENVIRONMENT.REVISION)
        .where(isIt(access))
        .execute();
  }

  static void setChanged(DSLContext db, EnvironmentAccess access, Instant now) {
    db.update(ENVIRONMENT).set(ENVIRONMENT.UPDATED_AT, now).where(isIt(access)).execute();
  }

  static boolean isServerEncrypted(DSLContext db, EnvironmentAccess access) {
    return db.fetchExists(
        selectOne()
            .from(APP)
            .where(APP.ORGANISATION_ID.eq(access.organisation().value()))
            .and(APP.ID.eq(access.app().value()))
            .and(APP.SSE_ENABLED.isTrue()));
  }

  /** All secrets that are or ever were in the environment. */
  static Map<UUID, Stamp> stamps(DSLContext db, EnvironmentAccess access) {
    Map<UUID, Integer> versions =
        db.select(SECRET_VERSION.SECRET_ID, count())
            .from(SECRET_VERSION)
            .where(SECRET_VERSION.ORGANISATION_ID.eq(access.organisation().value()))
            .and(SECRET_VERSION.ENVIRONMENT_ID.eq(access.environment().value()))
            .groupBy(SECRET_VERSION.SECRET_ID)
            .fetchMap(row -> row.value1(), row -> row.value2());
    Map<UUID, Stamp> overrides =
        db.select(SECRET_OVERRIDE.SECRET_ID, count(), max(SECRET_OVERRIDE.UPDATED_AT))
            .from(SECRET_OVERRIDE)
            .join(SECRET)
            .on(SECRET.ID.eq(SECRET_OVERRIDE.SECRET_ID))
            .where(isIn(access))
            .groupBy(SECRET_OVERRIDE.SECRET_ID)
            .fetchMap(row -> row.value1(), row -> new Stamp(0, row.value2(), row.value3()));
    Map<UUID, Stamp> stamps = new LinkedHashMap<>();
    db.select(SECRET.ID)
        .from(SECRET)
        .where(isIn(access))
        .orderBy(SECRET.ID)
        .forEach(
            row -> {
              UUID id = row.value1();
              Stamp own = overrides.getOrDefault(id, Stamp.NONE);
              stamps.put(
                  id,
                  new Stamp(
                      versions.getOrDefault(id, 0), own.overrides(), own.overridesChangedAt()));
            });
    return stamps;
  }

  /**
   * What is encrypted of these secrets, which are in the environment. Not asked for by it as well:
   * SQLite would then read all of the environment.
   */
  static Map<UUID, StoredTexts> texts(
      DSLContext db, EnvironmentAccess access, Collection<UUID> secrets) {
    Map<UUID, StoredTexts> found = new HashMap<>();
    for (List<UUID> some : Chunks.of(secrets)) {
      db.select(
              SECRET.ID,
              SECRET.KEY_CIPHERTEXT,
              SECRET.KEY_DIGEST,
              SECRET.VALUE_CIPHERTEXT,
              SECRET.COMMENT_CIPHERTEXT)
          .from(SECRET)
          .where(SECRET.ORGANISATION_ID.eq(access.organisation().value()))
          .and(SECRET.ID.in(some))
          .forEach(
              row ->
                  found.put(
                      row.value1(),
                      new StoredTexts(
                          List.of(
                              new Row(
                                  row.value1(),
                                  row.value2(),
                                  row.value3(),
                                  row.value4(),
                                  row.value5())),
                          new ArrayList<>(),
                          new ArrayList<>(),
                          false)));
      db.select(
              SECRET_VERSION.SECRET_ID,
              SECRET_VERSION.ID,
              SECRET_VERSION.KEY_CIPHERTEXT,
              SECRET_VERSION.KEY_DIGEST,
              SECRET_VERSION.VALUE_CIPHERTEXT,
              SECRET_VERSION.COMMENT_CIPHERTEXT)
          .from(SECRET_VERSION)
          .where(SECRET_VERSION.ORGANISATION_ID.eq(access.organisation().value()))
          .and(SECRET_VERSION.SECRET_ID.in(some))
          .forEach(
              row ->
                  of(found, row.value1())
                      .versions()
                      .add(
                          new Row(
                              row.value2(),
                              row.value3(),
                              row.value4(),
                              row.value5(),
                              row.value6())));
      db.select(SECRET_OVERRIDE.SECRET_ID, SECRET_OVERRIDE.ID, SECRET_OVERRIDE.VALUE_CIPHERTEXT)
          .from(SECRET_OVERRIDE)
          .where(SECRET_OVERRIDE.ORGANISATION_ID.eq(access.organisation().value()))
          .and(SECRET_OVERRIDE.SECRET_ID.in(some))
          .forEach(
              row ->
                  of(found, row.value1())
                      .overrides()
                      .add(new OwnValue(row.value2(), row.value3())));
    }
    return found;
  }

  /** What is read in one transaction, whose reads may see more than the first of them did. */
  private static StoredTexts of(Map<UUID, StoredTexts> found, UUID secret) {
    return found.computeIfAbsent(
        secret, _ -> new StoredTexts(List.of(), new ArrayList<>(), new ArrayList<>(), false));
  }

  /** Stores these in place of what there is. */
  static void replace(
      DSLContext db, EnvironmentAccess access, Collection<StoredTexts> replacements) {
    UUID organisation = access.organisation().value();
    List<List<Object>> secrets = new ArrayList<>();
    List<List<Object>> versions = new ArrayList<>();
    List<List<Object>> overrides = new ArrayList<>();
    for (StoredTexts one : replacements) {
      one.secrets().forEach(row -> secrets.add(parameters(row, organisation)));
      one.versions().forEach(row -> versions.add(parameters(row, organisation)));
      one.overrides().forEach(own -> overrides.add(List.of(own.value(), own.id(), organisation)));
    }
    int replaced =
        PlainSql.in(
            db,
            sql ->
                sql.updateEach(REPLACE_SECRET, secrets)
                    + sql.updateEach(REPLACE_VERSION, versions)
                    + sql.updateEach(REPLACE_OVERRIDE, overrides));
    if (replaced != secrets.size() + versions.size() + overrides.size()) {
      // A personal value can come and go between what is read before the transaction.
      throw ApiException.conflict("The secrets were changed during the rotation. Try again.");
    }
  }

  private static List<Object> parameters(Row row, UUID organisation) {
    return List.of(row.key(), row.keyDigest(), row.value(), row.comment(), row.id(), organisation);
  }

  private static Condition isIt(EnvironmentAccess access) {
    return ENVIRONMENT
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(ENVIRONMENT.ID.eq(access.environment().value()));
  }

  private static Condition isIn(EnvironmentAccess access) {
    return SECRET
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(SECRET.ENVIRONMENT_ID.eq(access.environment().value()));
  }
}
