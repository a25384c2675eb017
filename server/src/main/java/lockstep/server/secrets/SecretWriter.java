package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_TAG;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.references.SecretPath;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.http.ApiException;
import lockstep.server.ids.Uuids;
import lockstep.server.secrets.StoredSecret.StoredOverride;
import lockstep.server.store.Chunks;
import lockstep.server.store.GrowingTime;
import lockstep.server.store.tables.tables.records.SecretRecord;
import lockstep.server.store.tables.tables.records.SecretTagRecord;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The writing queries of one transaction on one environment. Starting it locks the environment, so
 * that changes of its secrets happen one after the other, and grows its revision and its time of
 * change.
 */
final class SecretWriter {

  private final DSLContext db;
  private final CiphertextAccess access;
  private final Instant now;
  private final String identityKey;
  private final FolderStore folders;
  private final TagStore tags;

  private SecretWriter(DSLContext db, CiphertextAccess access, Instant now, String identityKey) {
    this.db = db;
    this.access = access;
    this.now = now;
    this.identityKey = identityKey;
    this.folders = new FolderStore(db, access, now);
    this.tags = new TagStore(db, access, now);
  }

  /**
   * Begins to change the environment.
   *
   * @throws ApiException 404 if it is gone
   */
  static SecretWriter begin(DSLContext db, CiphertextAccess access, Clock clock) {
    UUID environment = access.environment().value();
    Record2<Instant, String> before =
        db.update(ENVIRONMENT)
            .set(ENVIRONMENT.REVISION, ENVIRONMENT.REVISION.plus(1))
            .where(ENVIRONMENT.ID.eq(environment))
            .and(ENVIRONMENT.ORGANISATION_ID.eq(access.organisation().value()))
            .returningResult(ENVIRONMENT.UPDATED_AT, ENVIRONMENT.IDENTITY_KEY)
            .fetchOptional()
            .orElseThrow(() -> ApiException.notFound("Environment not found"));
    Instant now = GrowingTime.after(before.value1(), clock);
    db.update(ENVIRONMENT)
        .set(ENVIRONMENT.UPDATED_AT, now)
        .where(ENVIRONMENT.ID.eq(environment))
        .execute();
    return new SecretWriter(db, access, now, before.value2());
  }

  /**
   * Refuses what was encrypted with keys that the environment has no more.
   *
   * @param encryptedFor the identity key of the environment when that was done
   */
  void requireKeys(String encryptedFor) {
    if (!identityKey.equals(encryptedFor)) {
      throw new KeysReplacedException();
    }
  }

  /** The time of this change. */
  Instant now() {
    return now;
  }

  /**
   * The folder at this path, made if missing, with all above it; null at the root.
   *
   * @throws ApiException 400 if too many are missing
   */
  @Nullable UUID folder(SecretPath path) {
    return folders.folder(path);
  }

  /** The next version of a secret, with this content; stored by {@link #restore}. */
  StoredSecret restored(StoredSecret before, SecretContent content) {
    return new StoredSecret(
        before.id(),
        folder(SecretPath.of(content.path())),
        content.path(),
        content.key(),
        content.keyDigest(),
        content.value(),
        content.comment(),
        content.tags(),
        content.type(),
        before.lifecycle(),
        before.version() + 1,
        before.override(),
        before.createdAt(),
        now);
  }

  /**
   * Adds secrets with their tags, and the first row of their histories.
   *
   * @throws ApiException 409 if a name is taken, 400 if too many tags are new
   */
  void insert(Collection<StoredSecret> secrets) {
    folders.save();
    refusingDuplicates(
        () -> db.batchInsert(secrets.stream().map(this::toRecord).toList()).execute());
    insertTags(secrets);
    insertVersions(secrets, "create");
  }

  /**
   * Brings stored secrets to a new state, with their tags, and adds to their histories.
   *
   * @param changed old states and new ones of the same secrets, in the same order
   * @throws ApiException 409 if a name is taken when all have changed, 400 if too many tags are new
   */
  void update(List<StoredSecret> before, List<StoredSecret> changed) {
    replace(before, changed);
    insertVersions(changed, "update");
  }

  /**
   * As {@link #update}; those that were deleted exist again.
   *
   * @param deleted the ids of these
   * @throws ApiException 409 if a name is taken when all have changed
   */
  void restore(List<StoredSecret> before, List<StoredSecret> changed, Set<UUID> deleted) {
    replace(before, changed);
    for (List<UUID> ids : Chunks.of(deleted)) {
      refusingDuplicates(
          () ->
              db.update(SECRET)
                  .setNull(SECRET.DELETED_AT)
                  .where(SecretStore.ever(access))
                  .and(SECRET.ID.in(ids))
                  .execute());
    }
    insertVersions(
        changed.stream().filter(secret -> deleted.contains(secret.id())).toList(), "create");
    insertVersions(
        changed.stream().filter(secret -> !deleted.contains(secret.id())).toList(), "update");
  }

  private void replace(List<StoredSecret> before, List<StoredSecret> changed) {
    List<UUID> moved = new ArrayList<>();
    Set<UUID> retagged = new HashSet<>();
    for (int i = 0; i < before.size(); i++) {
      if (!hasSameName(before.get(i), changed.get(i))) {
        moved.add(changed.get(i).id());
      }
      if (!before.get(i).tags().equals(changed.get(i).tags())) {
        retagged.add(changed.get(i).id());
      }
    }
    folders.save();
    giveUpNames(moved);
    refusingDuplicates(
        () -> db.batchUpdate(changed.stream().map(this::toRecord).toList()).execute());
    List<StoredSecret> withNewTags =
        changed.stream().filter(secret -> retagged.contains(secret.id())).toList();
    for (List<UUID> ids : Chunks.of(retagged)) {
      db.deleteFrom(SECRET_TAG).where(SECRET_TAG.SECRET_ID.in(ids)).execute();
    }
    insertTags(withNewTags);
  }

  private static boolean hasSameName(StoredSecret one, StoredSecret other) {
    return one.path().equals(other.path()) && one.keyDigest().equals(other.keyDigest());
  }

  /** Lets two secrets of a batch exchange names, which a unique index would refuse half-way. */
  private void giveUpNames(List<UUID> moved) {
    for (List<UUID> ids : Chunks.of(moved)) {
      db.update(SECRET)
          .set(SECRET.KEY_DIGEST, DSL.concat(DSL.inline("moving:"), SECRET.KEY_DIGEST))
          .where(SecretStore.live(access))
          .and(SECRET.ID.in(ids))
          .execute();
    }
  }

  /** Marks secrets as deleted, which frees their names, and adds to their histories. */
  void delete(List<StoredSecret> secrets) {
    List<UUID> all = secrets.stream().map(StoredSecret::id).toList();
    for (List<UUID> ids : Chunks.of(all)) {
      db.update(SECRET)
          .set(SECRET.DELETED_AT, now)
          .where(SecretStore.live(access))
          .and(SECRET.ID.in(ids))
          .execute();
    }
    insertVersions(secrets, "delete");
  }

  /** Stores the caller's own value, replacing the one it had; returns it as stored. */
  StoredOverride putOverride(UUID secret, String valueCiphertext, boolean isActive) {
    db.insertInto(SECRET_OVERRIDE)
        .set(SECRET_OVERRIDE.ID, Uuids.v7(now))
        .set(SECRET_OVERRIDE.ORGANISATION_ID, access.organisation().value())
        .set(SECRET_OVERRIDE.SECRET_ID, secret)
        .set(SECRET_OVERRIDE.ACCOUNT_ID, access.caller().account().value())
        .set(SECRET_OVERRIDE.VALUE_CIPHERTEXT, valueCiphertext)
        .set(SECRET_OVERRIDE.IS_ACTIVE, isActive)
        .set(SECRET_OVERRIDE.CREATED_AT, now)
        .set(SECRET_OVERRIDE.UPDATED_AT, now)
        .onConflict(SECRET_OVERRIDE.SECRET_ID, SECRET_OVERRIDE.ACCOUNT_ID)
        .doUpdate()
        .set(SECRET_OVERRIDE.VALUE_CIPHERTEXT, valueCiphertext)
        .set(SECRET_OVERRIDE.IS_ACTIVE, isActive)
        .set(SECRET_OVERRIDE.UPDATED_AT, now)
        .execute();
    // Not asked of the insertion itself: on SQLite it returns no row when it turns into an update.
    return SecretStore.findOverride(db, access, secret).orElseThrow();
  }

  private void insertTags(Collection<StoredSecret> secrets) {
    Map<String, UUID> ids =
        tags.ids(
            secrets.stream().flatMap(secret -> secret.tags().stream()).collect(Collectors.toSet()));
    List<SecretTagRecord> rows = new ArrayList<>();
    for (StoredSecret secret : secrets) {
      int position = 0;
      for (String name : secret.tags()) {
        SecretTagRecord row = new SecretTagRecord();
        row.setSecretId(secret.id());
        row.setTagId(ids.get(name));
        row.setOrganisationId(access.organisation().value());
        row.setPosition(position++);
        rows.add(row);
      }
    }
    db.batchInsert(rows).execute();
  }

  private void insertVersions(Collection<StoredSecret> secrets, String event) {
    VersionStore.insert(db, access, secrets, event, now);
  }

  private SecretRecord toRecord(StoredSecret secret) {
    SecretRecord row = new SecretRecord();
    row.setId(secret.id());
    row.setOrganisationId(access.organisation().value());
    row.setEnvironmentId(access.environment().value());
    row.setFolderId(secret.folder());
    row.setPath(secret.path());
    row.setKeyCiphertext(secret.key());
    row.setKeyDigest(secret.keyDigest());
    row.setValueCiphertext(secret.value());
    row.setCommentCiphertext(secret.comment());
    row.setType(secret.type());
    row.setLifecycle(secret.lifecycle());
    row.setVersion(secret.version());
    row.setCreatedAt(secret.createdAt());
    row.setUpdatedAt(secret.updatedAt());
    return row;
  }

  private static void refusingDuplicates(Runnable statement) {
    try {
      statement.run();
    } catch (IntegrityConstraintViolationException e) {
      throw duplicate();
    }
  }

  static ApiException duplicate() {
    return ApiException.conflict("Duplicate secret found");
  }
}
