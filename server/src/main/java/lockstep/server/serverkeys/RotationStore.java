package lockstep.server.serverkeys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.SERVER_KEY;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static org.jooq.impl.DSL.count;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.ServerCopy;
import lockstep.server.serverkeys.ServerKeyStatus.Wrapped;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.TableField;
import org.jspecify.annotations.Nullable;

/**
 * Queries about everything that is wrapped to server keys, whichever organisation it belongs to.
 */
final class RotationStore {

  private RotationStore() {}

  /** The server's copy of the keys of an environment. */
  record Copy(
      UUID environment, WrappedEnvironmentKeys keys, @Nullable String name, String identityKey) {}

  /** The server's record of the keyring of a service account. */
  record Keyring(UUID account, String keyring, @Nullable String name) {

    @Override
    public String toString() {
      return "Keyring[" + account + "]";
    }
  }

  record Newest(int sequence, String publicKey) {}

  static Optional<Newest> newest(DSLContext db) {
    return db.select(SERVER_KEY.SEQUENCE, SERVER_KEY.PUBLIC_KEY)
        .from(SERVER_KEY)
        .orderBy(SERVER_KEY.SEQUENCE.desc())
        .limit(1)
        .fetchOptional(row -> new Newest(row.value1(), row.value2()));
  }

  static boolean isKnown(DSLContext db, String publicKey) {
    return db.fetchExists(SERVER_KEY, SERVER_KEY.PUBLIC_KEY.eq(publicKey));
  }

  /** Returns whether this was the one that stored the first key. */
  static boolean insertFirst(DSLContext db, String publicKey, String checkpointKey, Instant now) {
    return db.insertInto(SERVER_KEY)
            .set(SERVER_KEY.SEQUENCE, 1)
            .set(SERVER_KEY.PUBLIC_KEY, publicKey)
            .set(SERVER_KEY.CHECKPOINT_KEY, checkpointKey)
            .set(SERVER_KEY.INTRODUCED_AT, now)
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  static void insertNext(
      DSLContext db,
      int sequence,
      String publicKey,
      String checkpointKey,
      Instant now,
      byte[] signedByPrevious,
      byte[] signedByItself) {
    db.insertInto(SERVER_KEY)
        .set(SERVER_KEY.SEQUENCE, sequence)
        .set(SERVER_KEY.PUBLIC_KEY, publicKey)
        .set(SERVER_KEY.CHECKPOINT_KEY, checkpointKey)
        .set(SERVER_KEY.INTRODUCED_AT, now)
        .set(SERVER_KEY.SIGNED_BY_PREVIOUS, signedByPrevious)
        .set(SERVER_KEY.SIGNED_BY_ITSELF, signedByItself)
        .execute();
  }

  /** Names the key of everything that names none: there was only one. */
  static void nameAll(DSLContext db, String publicKey) {
    db.update(ENVIRONMENT_SERVER_KEY)
        .set(ENVIRONMENT_SERVER_KEY.SERVER_KEY, publicKey)
        .where(ENVIRONMENT_SERVER_KEY.SERVER_KEY.isNull())
        .execute();
    db.update(SERVICE_ACCOUNT)
        .set(SERVICE_ACCOUNT.SERVER_KEY, publicKey)
        .where(SERVICE_ACCOUNT.SERVER_KEY.isNull())
        .and(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING.isNotNull())
        .execute();
  }

  /**
   * Waits until nobody stores anything that is wrapped to a server key, and keeps everybody from it
   * until the transaction ends: they all hold the access revision of their organisation.
   */
  static List<OrganisationId> lockOrganisations(DSLContext db) {
    db.update(ORGANISATION)
        .set(ORGANISATION.ACCESS_REVISION, ORGANISATION.ACCESS_REVISION.plus(1))
        .execute();
    return organisations(db);
  }

  static List<OrganisationId> organisations(DSLContext db) {
    return db.select(ORGANISATION.ID)
        .from(ORGANISATION)
        .orderBy(ORGANISATION.ID)
        .fetch(row -> new OrganisationId(row.value1()));
  }

  private static Condition isOther(TableField<?, String> column, String publicKey) {
    return column.isNull().or(column.notIn(publicKey, ServerCopy.UNUSABLE));
  }

  private static Condition hasName(TableField<?, String> column, @Nullable String name) {
    return name == null ? column.isNull() : column.eq(name);
  }

  /** Some of the copies that are not wrapped to this key. */
  static List<Copy> otherCopies(DSLContext db, String publicKey, int limit) {
    return db.select(
            ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID,
            ENVIRONMENT_SERVER_KEY.WRAPPED_SEED,
            ENVIRONMENT_SERVER_KEY.WRAPPED_SALT,
            ENVIRONMENT_SERVER_KEY.SERVER_KEY,
            ENVIRONMENT.IDENTITY_KEY)
        .from(ENVIRONMENT_SERVER_KEY)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID))
        .where(isOther(ENVIRONMENT_SERVER_KEY.SERVER_KEY, publicKey))
        .orderBy(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID)
        .limit(limit)
        .fetch(
            row ->
                new Copy(
                    row.value1(),
                    new WrappedEnvironmentKeys(row.value2(), row.value3()),
                    row.value4(),
                    row.value5()));
  }

  /** Replaces a copy if it is still the one that was read. */
  static void replace(DSLContext db, Copy read, WrappedEnvironmentKeys keys, String name) {
    db.update(ENVIRONMENT_SERVER_KEY)
        .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED, keys.wrappedSeed())
        .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SALT, keys.wrappedSalt())
        .set(ENVIRONMENT_SERVER_KEY.SERVER_KEY, name)
        .where(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(read.environment()))
        .and(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED.eq(read.keys().wrappedSeed()))
        .and(ENVIRONMENT_SERVER_KEY.WRAPPED_SALT.eq(read.keys().wrappedSalt()))
        .and(hasName(ENVIRONMENT_SERVER_KEY.SERVER_KEY, read.name()))
        .execute();
  }

  /** Some of the keyrings that are not wrapped to this key. */
  static List<Keyring> otherKeyrings(DSLContext db, String publicKey, int limit) {
    return db.select(
            SERVICE_ACCOUNT.ID, SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING, SERVICE_ACCOUNT.SERVER_KEY)
        .from(SERVICE_ACCOUNT)
        .where(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING.isNotNull())
        .and(isOther(SERVICE_ACCOUNT.SERVER_KEY, publicKey))
        .orderBy(SERVICE_ACCOUNT.ID)
        .limit(limit)
        .fetch(row -> new Keyring(row.value1(), row.value2(), row.value3()));
  }

  /** Replaces a keyring if it is still the one that was read. */
  static void replace(DSLContext db, Keyring read, ServerCopy.Keyring keyring) {
    db.update(SERVICE_ACCOUNT)
        .set(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING, keyring.keyring())
        .set(SERVICE_ACCOUNT.SERVER_WRAPPED_RECOVERY, keyring.recovery())
        .set(SERVICE_ACCOUNT.SERVER_KEY, keyring.serverKey())
        .where(isAsRead(read))
        .execute();
  }

  /** Leaves a keyring as it is, and says that nothing opens it. */
  static void setUnusable(DSLContext db, Keyring read) {
    db.update(SERVICE_ACCOUNT)
        .set(SERVICE_ACCOUNT.SERVER_KEY, ServerCopy.UNUSABLE)
        .where(isAsRead(read))
        .execute();
  }

  private static Condition isAsRead(Keyring read) {
    return SERVICE_ACCOUNT
        .ID
        .eq(read.account())
        .and(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING.eq(read.keyring()))
        .and(hasName(SERVICE_ACCOUNT.SERVER_KEY, read.name()));
  }

  /** Says since when the keys before the newest are not needed; returns whether any was. */
  static boolean retireAllBut(DSLContext db, int sequence, Instant now) {
    return db.update(SERVER_KEY)
            .set(SERVER_KEY.RETIRED_AT, now)
            .where(SERVER_KEY.SEQUENCE.lt(sequence))
            .and(SERVER_KEY.RETIRED_AT.isNull())
            .execute()
        > 0;
  }

  static boolean isAnyUnretiredBefore(DSLContext db, int sequence) {
    return db.fetchExists(
        SERVER_KEY, SERVER_KEY.SEQUENCE.lt(sequence).and(SERVER_KEY.RETIRED_AT.isNull()));
  }

  static ServerKeyStatus status(DSLContext db) {
    Map<String, Long> environments =
        counts(
            db.select(ENVIRONMENT_SERVER_KEY.SERVER_KEY, count())
                .from(ENVIRONMENT_SERVER_KEY)
                .groupBy(ENVIRONMENT_SERVER_KEY.SERVER_KEY)
                .fetch());
    Map<String, Long> accounts =
        counts(
            db.select(SERVICE_ACCOUNT.SERVER_KEY, count())
                .from(SERVICE_ACCOUNT)
                .where(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING.isNotNull())
                .groupBy(SERVICE_ACCOUNT.SERVER_KEY)
                .fetch());
    List<ServerKeyStatus.Key> keys =
        db.selectFrom(SERVER_KEY)
            .orderBy(SERVER_KEY.SEQUENCE)
            .fetch(
                row ->
                    new ServerKeyStatus.Key(
                        row.getPublicKey(),
                        row.getCheckpointKey(),
                        row.getIntroducedAt(),
                        Optional.ofNullable(row.getRetiredAt()),
                        wrapped(environments, accounts, row.getPublicKey())));
    return new ServerKeyStatus(
        keys,
        wrapped(environments, accounts, ""),
        wrapped(environments, accounts, ServerCopy.UNUSABLE));
  }

  private static Wrapped wrapped(
      Map<String, Long> environments, Map<String, Long> accounts, String name) {
    return new Wrapped(environments.getOrDefault(name, 0L), accounts.getOrDefault(name, 0L));
  }

  /** What names no key is counted under the empty name. */
  private static Map<String, Long> counts(Result<? extends Record> rows) {
    Map<String, Long> counts = new HashMap<>();
    for (Record row : rows) {
      @Nullable String name = row.get(0, String.class);
      counts.put(name == null ? "" : name, row.get(1, Long.class));
    }
    return counts;
  }
}
