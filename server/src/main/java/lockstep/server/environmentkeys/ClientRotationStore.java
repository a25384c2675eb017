package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.KEY_ROTATION;
import static lockstep.server.store.tables.Tables.KEY_ROTATION_KEY;
import static lockstep.server.store.tables.Tables.KEY_ROTATION_TEXT;
import static lockstep.server.store.tables.Tables.SECRET;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.environmentkeys.EncryptedRowStore.Source;
import lockstep.server.environmentkeys.StoredTexts.Row;
import lockstep.server.ids.AccountId;
import lockstep.server.store.PlainSql;
import lockstep.server.store.tables.tables.Secret;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about rotations that a client carries out, in an environment that only clients open. */
final class ClientRotationStore {

  private static final String STAGE =
      "insert into key_rotation_text (rotation_id, kind, row_id, organisation_id, key_ciphertext,"
          + " key_digest, value_ciphertext, comment_ciphertext, kept)"
          + " values (?, ?, ?, ?, ?, ?, ?, ?, %s)"
          + " on conflict (rotation_id, kind, row_id) do update set"
          + " key_ciphertext = excluded.key_ciphertext, key_digest = excluded.key_digest,"
          + " value_ciphertext = excluded.value_ciphertext,"
          + " comment_ciphertext = excluded.comment_ciphertext, kept = excluded.kept";
  private static final String STAGE_NEW = STAGE.formatted("false");
  private static final String STAGE_KEPT = STAGE.formatted("true");

  private static final String STAGE_KEY =
      "insert into key_rotation_key (rotation_id, account_id, organisation_id, wrapped_seed,"
          + " wrapped_salt) values (?, ?, ?, ?, ?)"
          + " on conflict (rotation_id, account_id) do update set"
          + " wrapped_seed = excluded.wrapped_seed, wrapped_salt = excluded.wrapped_salt";

  private static final String APPLY =
      "update %1$s set key_ciphertext = t.key_ciphertext, key_digest = t.key_digest,"
          + " value_ciphertext = t.value_ciphertext, comment_ciphertext = t.comment_ciphertext"
          + " from key_rotation_text t where t.rotation_id = ? and t.kind = '%2$s'"
          + " and t.row_id = %1$s.id and %1$s.organisation_id = ? and %1$s.environment_id = ?";
  private static final String APPLY_SECRETS = APPLY.formatted("secret", "secret");
  private static final String APPLY_VERSIONS = APPLY.formatted("secret_version", "version");
  private static final String APPLY_OVERRIDES =
      "update secret_override set value_ciphertext = t.value_ciphertext"
          + " from key_rotation_text t where t.rotation_id = ? and t.kind = 'override'"
          + " and t.row_id = secret_override.id and secret_override.organisation_id = ?"
          + " and secret_override.secret_id in (select id from secret where environment_id = ?)";

  private ClientRotationStore() {}

  /**
   * A rotation that was begun.
   *
   * @param identityKey that the environment had then
   * @param revision that the environment had then
   * @param isCurrent whether it still has both
   */
  record Begun(
      UUID id, String identityKey, String newIdentityKey, long revision, boolean isCurrent) {}

  /** Begins one at the present revision; false if the environment is gone or has other keys. */
  static boolean begin(
      DSLContext db,
      EnvironmentAccess access,
      UUID id,
      String identityKey,
      String newIdentityKey,
      Instant now) {
    return db.insertInto(
                KEY_ROTATION,
                KEY_ROTATION.ID,
                KEY_ROTATION.ORGANISATION_ID,
                KEY_ROTATION.ENVIRONMENT_ID,
                KEY_ROTATION.ACCOUNT_ID,
                KEY_ROTATION.IDENTITY_KEY,
                KEY_ROTATION.NEW_IDENTITY_KEY,
                KEY_ROTATION.REVISION,
                KEY_ROTATION.TOUCHED_AT)
            .select(
                select(
                        inline(id),
                        ENVIRONMENT.ORGANISATION_ID,
                        ENVIRONMENT.ID,
                        inline(access.caller().account().value()),
                        ENVIRONMENT.IDENTITY_KEY,
                        inline(newIdentityKey),
                        ENVIRONMENT.REVISION,
                        inline(now, KEY_ROTATION.TOUCHED_AT))
                    .from(ENVIRONMENT)
                    .where(ENVIRONMENT.ORGANISATION_ID.eq(access.organisation().value()))
                    .and(ENVIRONMENT.ID.eq(access.environment().value()))
                    .and(ENVIRONMENT.IDENTITY_KEY.eq(identityKey)))
            .execute()
        == 1;
  }

  /** One of the caller in this environment. */
  static Optional<Begun> find(DSLContext db, EnvironmentAccess access, UUID id) {
    return db.select(
            KEY_ROTATION.IDENTITY_KEY,
            KEY_ROTATION.NEW_IDENTITY_KEY,
            KEY_ROTATION.REVISION,
            ENVIRONMENT.IDENTITY_KEY,
            ENVIRONMENT.REVISION)
        .from(KEY_ROTATION)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(KEY_ROTATION.ENVIRONMENT_ID))
        .where(isOfCaller(access))
        .and(KEY_ROTATION.ID.eq(id))
        .fetchOptional(
            row ->
                new Begun(
                    id,
                    row.value1(),
                    row.value2(),
                    row.value3(),
                    row.value1().equals(row.value4()) && row.value3().equals(row.value5())));
  }

  /** Keeps one from being taken for abandoned, or removed meanwhile; false if it is gone. */
  static boolean touch(DSLContext db, EnvironmentAccess access, UUID id, Instant now) {
    return db.update(KEY_ROTATION)
            .set(KEY_ROTATION.TOUCHED_AT, now)
            .where(isOfCaller(access))
            .and(KEY_ROTATION.ID.eq(id))
            .execute()
        == 1;
  }

  /** Removes one, with all that was sent for it; false if it is gone. */
  static boolean remove(DSLContext db, EnvironmentAccess access, UUID id) {
    return db.deleteFrom(KEY_ROTATION)
            .where(isOfCaller(access))
            .and(KEY_ROTATION.ID.eq(id))
            .execute()
        == 1;
  }

  /** Removes the caller's of this environment, and all of the organisation that nobody went on. */
  static void removeAbandoned(DSLContext db, EnvironmentAccess access, Instant untouchedSince) {
    db.deleteFrom(KEY_ROTATION)
        .where(
            isOfCaller(access)
                .or(
                    KEY_ROTATION
                        .ORGANISATION_ID
                        .eq(access.organisation().value())
                        .and(KEY_ROTATION.TOUCHED_AT.lt(untouchedSince))))
        .execute();
  }

  /** Removes all of an environment, whose keys have been replaced. */
  static void removeAll(DSLContext db, EnvironmentAccess access) {
    db.deleteFrom(KEY_ROTATION)
        .where(KEY_ROTATION.ORGANISATION_ID.eq(access.organisation().value()))
        .and(KEY_ROTATION.ENVIRONMENT_ID.eq(access.environment().value()))
        .execute();
  }

  /** Keeps rows for a rotation, in place of what was sent of them before. */
  static void stage(
      DSLContext db,
      EnvironmentAccess access,
      UUID rotation,
      EncryptedKind kind,
      Collection<Row> rows,
      Set<UUID> kept) {
    List<List<Object>> anew = new ArrayList<>();
    List<List<Object>> asTheyWere = new ArrayList<>();
    for (Row row : rows) {
      (kept.contains(row.id()) ? asTheyWere : anew)
          .add(
              List.of(
                  rotation,
                  kind.storedName(),
                  row.id(),
                  access.organisation().value(),
                  row.key(),
                  row.keyDigest(),
                  row.value(),
                  row.comment()));
    }
    PlainSql.in(
        db, sql -> sql.updateEach(STAGE_NEW, anew) + sql.updateEach(STAGE_KEPT, asTheyWere));
  }

  /** Keeps wrapped keys for a rotation, in place of what was sent of them before. */
  static void stageKeys(
      DSLContext db,
      EnvironmentAccess access,
      UUID rotation,
      Map<AccountId, WrappedEnvironmentKeys> keys) {
    List<List<Object>> rows = new ArrayList<>();
    keys.forEach(
        (account, wrapped) ->
            rows.add(
                List.of(
                    rotation,
                    account.value(),
                    access.organisation().value(),
                    wrapped.wrappedSeed(),
                    wrapped.wrappedSalt())));
    PlainSql.in(db, sql -> sql.updateEach(STAGE_KEY, rows));
  }

  /** How many rows of each kind were sent. */
  static Map<EncryptedKind, Integer> staged(
      DSLContext db, EnvironmentAccess access, UUID rotation) {
    Map<EncryptedKind, Integer> counts = new EnumMap<>(EncryptedKind.class);
    for (EncryptedKind kind : EncryptedKind.values()) {
      counts.put(
          kind,
          db.fetchCount(
              KEY_ROTATION_TEXT,
              isStaged(access, rotation).and(KEY_ROTATION_TEXT.KIND.eq(kind.storedName()))));
    }
    return counts;
  }

  /** How many secrets have something that was sent as it is. */
  static int unreadable(DSLContext db, EnvironmentAccess access, UUID rotation) {
    Set<UUID> secrets = new HashSet<>();
    for (EncryptedKind kind : EncryptedKind.values()) {
      Source source = Source.of(kind);
      secrets.addAll(
          db.select(source.secret())
              .from(KEY_ROTATION_TEXT)
              .join(source.table())
              .on(source.id().eq(KEY_ROTATION_TEXT.ROW_ID))
              .where(isStaged(access, rotation))
              .and(KEY_ROTATION_TEXT.KIND.eq(kind.storedName()))
              .and(KEY_ROTATION_TEXT.KEPT.isTrue())
              .fetch(source.secret()));
    }
    return secrets.size();
  }

  /**
   * Whether a digest that was sent is that of two secrets of a folder, or one that another secret
   * has now, so that storing them one after the other could meet it.
   */
  static boolean hasClashingDigests(DSLContext db, EnvironmentAccess access, UUID rotation) {
    Condition isLive =
        isStaged(access, rotation)
            .and(KEY_ROTATION_TEXT.KIND.eq(EncryptedKind.SECRET.storedName()))
            .and(SECRET.DELETED_AT.isNull());
    Secret other = SECRET.as("other");
    return db.fetchExists(
            selectOne()
                .from(KEY_ROTATION_TEXT)
                .join(SECRET)
                .on(SECRET.ID.eq(KEY_ROTATION_TEXT.ROW_ID))
                .where(isLive)
                .groupBy(SECRET.FOLDER_ID, KEY_ROTATION_TEXT.KEY_DIGEST)
                .having(count().gt(1)))
        || db.fetchExists(
            selectOne()
                .from(KEY_ROTATION_TEXT)
                .join(SECRET)
                .on(SECRET.ID.eq(KEY_ROTATION_TEXT.ROW_ID))
                .where(isLive)
                .and(KEY_ROTATION_TEXT.KEY_DIGEST.ne(SECRET.KEY_DIGEST))
                .and(
                    exists(
                        selectOne()
                            .from(other)
                            .where(other.ENVIRONMENT_ID.eq(access.environment().value()))
                            .and(other.KEY_DIGEST.eq(KEY_ROTATION_TEXT.KEY_DIGEST))
                            .and(other.DELETED_AT.isNull())
                            .and(other.ID.ne(SECRET.ID)))));
  }

  /** Puts what was sent in the place of what there is; how many rows of each kind. */
  static Map<EncryptedKind, Integer> apply(DSLContext db, EnvironmentAccess access, UUID rotation) {
    List<List<Object>> parameters =
        List.of(List.of(rotation, access.organisation().value(), access.environment().value()));
    return PlainSql.in(
        db,
        sql ->
            new EnumMap<>(
                Map.of(
                    EncryptedKind.SECRET, sql.updateEach(APPLY_SECRETS, parameters),
                    EncryptedKind.VERSION, sql.updateEach(APPLY_VERSIONS, parameters),
                    EncryptedKind.OVERRIDE, sql.updateEach(APPLY_OVERRIDES, parameters))));
  }

  /** The keys that were sent. */
  static Map<AccountId, WrappedEnvironmentKeys> keys(
      DSLContext db, EnvironmentAccess access, UUID rotation) {
    Map<AccountId, WrappedEnvironmentKeys> keys = new HashMap<>();
    db.select(
            KEY_ROTATION_KEY.ACCOUNT_ID,
            KEY_ROTATION_KEY.WRAPPED_SEED,
            KEY_ROTATION_KEY.WRAPPED_SALT)
        .from(KEY_ROTATION_KEY)
        .where(KEY_ROTATION_KEY.ORGANISATION_ID.eq(access.organisation().value()))
        .and(KEY_ROTATION_KEY.ROTATION_ID.eq(rotation))
        .forEach(
            row ->
                keys.put(
                    new AccountId(row.value1()),
                    new WrappedEnvironmentKeys(row.value2(), row.value3())));
    return keys;
  }

  private static Condition isStaged(EnvironmentAccess access, UUID rotation) {
    return KEY_ROTATION_TEXT
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(KEY_ROTATION_TEXT.ROTATION_ID.eq(rotation));
  }

  private static Condition isOfCaller(EnvironmentAccess access) {
    return KEY_ROTATION
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(KEY_ROTATION.ENVIRONMENT_ID.eq(access.environment().value()))
        .and(KEY_ROTATION.ACCOUNT_ID.eq(access.caller().account().value()));
  }
}
