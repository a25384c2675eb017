package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_TAG;
import static lockstep.server.store.tables.Tables.TAG;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

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
import lockstep.server.ids.OrganisationId;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import lockstep.server.store.Chunks;
import lockstep.server.store.tables.tables.records.SecretOverrideRecord;
import lockstep.server.store.tables.tables.records.SecretRecord;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.Select;

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

  private SecretStore() {}

  /**
   * Those that match, in this order.
   *
   * @param keyDigest what the name in the filter is found by
   */
  static List<StoredSecret> list(
      DSLContext db,
      CiphertextAccess access,
      SecretFilter filter,
      Optional<String> keyDigest,
      Comparator<StoredSecret> order) {
    Condition condition = live(access);
    if (filter.path().isPresent()) {
      condition = condition.and(SECRET.PATH.eq(filter.path().get().text()));
    }
    if (keyDigest.isPresent()) {
      condition = condition.and(SECRET.KEY_DIGEST.eq(keyDigest.get()));
    }
    if (filter.tags().isPresent()) {
      condition = condition.and(hasTag(access.organisation(), filter.tags().get()));
    }
    List<StoredSecret> found = fetch(db, access, condition);
    found.sort(order);
    return found;
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

  /** The value of one secret, for a reference. */
  static Optional<StoredSecret> find(
      DSLContext db, CiphertextAccess access, String path, String keyDigest) {
    return db.selectFrom(SECRET)
        .where(live(access))
        .and(SECRET.PATH.eq(path))
        .and(SECRET.KEY_DIGEST.eq(keyDigest))
        .fetchOptional(row -> toSecret(row, List.of(), Optional.empty()));
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
    Select<Record1<UUID>> ids = select(SECRET.ID).from(SECRET).where(condition);
    Map<UUID, List<String>> tags =
        db.select(SECRET_TAG.SECRET_ID, TAG.NAME)
            .from(SECRET_TAG)
            .join(TAG)
            .on(TAG.ID.eq(SECRET_TAG.TAG_ID))
            .where(SECRET_TAG.SECRET_ID.in(ids))
            .orderBy(SECRET_TAG.SECRET_ID, SECRET_TAG.POSITION)
            .fetchGroups(SECRET_TAG.SECRET_ID, TAG.NAME);
    Map<UUID, StoredOverride> overrides =
        access.caller().isMember()
            ? db.selectFrom(SECRET_OVERRIDE)
                .where(SECRET_OVERRIDE.ACCOUNT_ID.eq(access.caller().account().value()))
                .and(SECRET_OVERRIDE.SECRET_ID.in(ids))
                .fetchMap(SECRET_OVERRIDE.SECRET_ID, SecretStore::toOverride)
            : Map.of();
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

  private static Condition hasTag(OrganisationId organisation, List<String> names) {
    if (names.isEmpty()) {
      return falseCondition();
    }
    return exists(
        selectOne()
            .from(SECRET_TAG)
            .join(TAG)
            .on(TAG.ID.eq(SECRET_TAG.TAG_ID))
            .where(SECRET_TAG.SECRET_ID.eq(SECRET.ID))
            .and(TAG.ORGANISATION_ID.eq(organisation.value()))
            .and(TAG.NAME.in(names)));
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
