package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_TAG;
import static lockstep.server.store.tables.Tables.TAG;
import static org.jooq.impl.DSL.select;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import lockstep.server.store.Chunks;
import lockstep.server.store.Database;
import lockstep.server.store.tables.tables.records.SecretOverrideRecord;
import lockstep.server.store.tables.tables.records.SecretRecord;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Reading queries about secrets. Deleted ones are seen only where it is said. */
final class SecretStore {

  /** By time of creation and id. */
  static final Comparator<StoredSecret> BY_AGE =
      Comparator.comparing(StoredSecret::createdAt)
          // As text: UUIDs compare as signed numbers, unlike anywhere else.
          .thenComparing(secret -> secret.id().toString());

  /** By path, time of creation and id. */
  static final Comparator<StoredSecret> BY_PATH =
      Comparator.comparing(StoredSecret::path).thenComparing(BY_AGE);

  private static final String REVISION =
      "select revision, updated_at from environment where id = ? and organisation_id = ?";

  private SecretStore() {}

  /** The state of the environment's secrets; empty if there is no such environment. */
  static Optional<Revision> revision(DSLContext db, CiphertextAccess access) {
    return db.select(ENVIRONMENT.REVISION, ENVIRONMENT.UPDATED_AT)
        .from(ENVIRONMENT)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(access.organisation().value()))
        .and(ENVIRONMENT.ID.eq(access.environment().value()))
        .fetchOptional(row -> new Revision(row.value1(), row.value2()));
  }

  /** As {@link #revision}, as it stands now. */
  static Optional<Revision> revision(Database database, CiphertextAccess access) {
    return revision(database, access.organisation(), access.environment());
  }

  /** The same of another environment of the organisation. */
  static Optional<Revision> revision(
      Database database, OrganisationId organisation, EnvironmentId environment) {
    return database.readOne(
        REVISION,
        row -> new Revision(row.number(1), row.time(2)),
        environment.value(),
        organisation.value());
  }

  /** All of the environment, in this order, without anybody's override. */
  static List<StoredSecret> listForAll(
      DSLContext db, CiphertextAccess access, Comparator<StoredSecret> order) {
    List<StoredSecret> found = fetch(db, live(access), Map.of());
    found.sort(order);
    return found;
  }

  /** Whose answers are not the same as everybody's. */
  static Set<UUID> accountsWithOverrides(DSLContext db, CiphertextAccess access) {
    return Set.copyOf(
        db.selectDistinct(SECRET_OVERRIDE.ACCOUNT_ID)
            .from(SECRET_OVERRIDE)
            .join(SECRET)
            .on(SECRET.ID.eq(SECRET_OVERRIDE.SECRET_ID))
            .where(live(access))
            .fetchSet(SECRET_OVERRIDE.ACCOUNT_ID));
  }

  /** The caller's own values in the environment, by secret. */
  static Map<UUID, StoredOverride> overrides(DSLContext db, CiphertextAccess access) {
    return overrides(db, access, live(access));
  }

  static List<StoredSecret> findAll(DSLContext db, CiphertextAccess access, Collection<UUID> ids) {
    List<StoredSecret> found = new ArrayList<>();
    for (List<UUID> some : Chunks.of(ids)) {
      found.addAll(fetch(db, access, live(access).and(SECRET.ID.in(some))));
    }
    return found;
  }

  /** Those of these ids, also deleted ones, by id. */
  static Map<UUID, KnownSecret> findEver(
      DSLContext db, CiphertextAccess access, Collection<UUID> ids) {
    Map<UUID, KnownSecret> found = new HashMap<>();
    for (List<UUID> some : Chunks.of(ids)) {
      Condition condition = ever(access).and(SECRET.ID.in(some));
      Set<UUID> deleted =
          db.select(SECRET.ID)
              .from(SECRET)
              .where(condition)
              .and(SECRET.DELETED_AT.isNotNull())
              .fetchSet(SECRET.ID);
      fetch(db, access, condition)
          .forEach(
              secret ->
                  found.put(secret.id(), new KnownSecret(secret, deleted.contains(secret.id()))));
    }
    return found;
  }

  /** The caller's own value of a secret. */
  static Optional<StoredOverride> findOverride(
      DSLContext db, CiphertextAccess access, UUID secret) {
    return db.selectFrom(SECRET_OVERRIDE)
        .where(SECRET_OVERRIDE.SECRET_ID.eq(secret))
        .and(SECRET_OVERRIDE.ACCOUNT_ID.eq(access.caller().account().value()))
        .and(SECRET_OVERRIDE.ORGANISATION_ID.eq(access.organisation().value()))
        .fetchOptional(SecretStore::toOverride);
  }

  static Condition live(CiphertextAccess access) {
    return ever(access).and(SECRET.DELETED_AT.isNull());
  }

  /** Also what is deleted. */
  static Condition ever(CiphertextAccess access) {
    return SECRET
        .ORGANISATION_ID
        .eq(access.organisation().value())
        .and(SECRET.ENVIRONMENT_ID.eq(access.environment().value()));
  }

  private static List<StoredSecret> fetch(
      DSLContext db, CiphertextAccess access, Condition condition) {
    return fetch(db, condition, overrides(db, access, condition));
  }

  private static Map<UUID, StoredOverride> overrides(
      DSLContext db, CiphertextAccess access, Condition condition) {
    return access.caller().isMember()
        ? db.selectFrom(SECRET_OVERRIDE)
            .where(SECRET_OVERRIDE.ACCOUNT_ID.eq(access.caller().account().value()))
            .and(SECRET_OVERRIDE.SECRET_ID.in(select(SECRET.ID).from(SECRET).where(condition)))
            .fetchMap(SECRET_OVERRIDE.SECRET_ID, SecretStore::toOverride)
        : Map.of();
  }

  private static List<StoredSecret> fetch(
      DSLContext db, Condition condition, Map<UUID, StoredOverride> overrides) {
    Map<UUID, List<String>> tags =
        db.select(SECRET_TAG.SECRET_ID, TAG.NAME)
            .from(SECRET_TAG)
            .join(TAG)
            .on(TAG.ID.eq(SECRET_TAG.TAG_ID))
            .where(SECRET_TAG.SECRET_ID.in(select(SECRET.ID).from(SECRET).where(condition)))
            .orderBy(SECRET_TAG.SECRET_ID, SECRET_TAG.POSITION)
            .fetchGroups(SECRET_TAG.SECRET_ID, TAG.NAME);
    List<StoredSecret> found = new ArrayList<>();
    db.selectFrom(SECRET)
        .where(condition)
        .forEach(
            row ->
                found.add(
                    toSecret(
                        row,
                        tags.getOrDefault(row.getId(), List.of()),
                        Optional.ofNullable(overrides.get(row.getId())))));
    return found;
  }

  private static StoredSecret toSecret(
      SecretRecord row, List<String> tags, Optional<StoredOverride> override) {
    return new StoredSecret(
        row.getId(),
        row.getFolderId(),
        row.getPath(),
        row.getKeyCiphertext(),
        row.getKeyDigest(),
        row.getValueCiphertext(),
        row.getCommentCiphertext(),
        tags,
        row.getType(),
        row.getLifecycle(),
        row.getVersion(),
        override,
        row.getCreatedAt(),
        row.getUpdatedAt());
  }

  private static StoredOverride toOverride(SecretOverrideRecord row) {
    return new StoredOverride(
        row.getId(),
        row.getValueCiphertext(),
        row.getIsActive(),
        row.getCreatedAt(),
        row.getUpdatedAt());
  }
}
