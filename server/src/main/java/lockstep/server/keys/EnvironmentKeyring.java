package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.AccountKind;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import org.jooq.DSLContext;

/**
 * Opens the environments of apps with server-side encryption, and hands their keys to accounts by
 * wrapping them. Every account key exists because of a grant.
 */
public final class EnvironmentKeyring {

  private final ServerKey serverKey;
  private final Clock clock;

  /** Works with this server key. */
  public EnvironmentKeyring(ServerKey serverKey, Clock clock) {
    this.serverKey = serverKey;
    this.clock = clock;
  }

  /**
   * Opens an environment through the server's copy of its keys; empty if there is no such
   * environment, or the server has no copy. The caller closes the keys.
   */
  public Optional<EnvironmentKeys> open(
      DSLContext db, OrganisationId organisation, EnvironmentId environment) {
    return db.select(
            ENVIRONMENT_SERVER_KEY.WRAPPED_SEED,
            ENVIRONMENT_SERVER_KEY.WRAPPED_SALT,
            ENVIRONMENT.IDENTITY_KEY)
        .from(ENVIRONMENT_SERVER_KEY)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID))
        .where(
            ENVIRONMENT
                .ORGANISATION_ID
                .eq(organisation.value())
                .and(ENVIRONMENT.ID.eq(environment.value())))
        .fetchOptional()
        .map(
            row ->
                EnvironmentKeys.unwrap(
                    new WrappedEnvironmentKeys(row.value1(), row.value2()),
                    serverKey.keyPair(),
                    row.value3()));
  }

  /**
   * The accounts that get the keys of a new environment of this app, with their identity keys:
   * every member with global access, every service account that is listed on the app and whose
   * keyring the server holds, and the creator. Members who never signed in have no identity key and
   * are left out.
   */
  public Map<AccountId, IdentityKey> firstHolders(
      DSLContext db, OrganisationId organisation, AppId app, AccountId creator) {
    Map<AccountId, IdentityKey> holders = new LinkedHashMap<>();
    db.select(ACCOUNT.ID, ACCOUNT.IDENTITY_KEY)
        .from(ACCOUNT)
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .leftJoin(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
        .leftJoin(APP_ACCOUNT)
        .on(APP_ACCOUNT.ACCOUNT_ID.eq(ACCOUNT.ID).and(APP_ACCOUNT.APP_ID.eq(app.value())))
        .where(
            ACCOUNT
                .ORGANISATION_ID
                .eq(organisation.value())
                .and(ACCOUNT.DELETED_AT.isNull())
                .and(ACCOUNT.IDENTITY_KEY.isNotNull()))
        .and(
            ACCOUNT
                .ID
                .eq(creator.value())
                .or(
                    ACCOUNT
                        .KIND
                        .eq(AccountKind.MEMBER.storedName())
                        .and(ROLE.GLOBAL_ACCESS.isTrue()))
                .or(
                    APP_ACCOUNT
                        .APP_ID
                        .isNotNull()
                        .and(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING.isNotNull())))
        .orderBy(ACCOUNT.CREATED_AT, ACCOUNT.ID)
        .forEach(row -> holders.put(new AccountId(row.value1()), IdentityKey.parse(row.value2())));
    return holders;
  }

  /** Stores the server's copy of an environment's keys. */
  public void keepServerCopy(
      DSLContext db, OrganisationId organisation, EnvironmentId environment, EnvironmentKeys keys) {
    WrappedEnvironmentKeys wrapped = keys.wrapFor(serverKey.publicKey());
    db.insertInto(ENVIRONMENT_SERVER_KEY)
        .set(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID, environment.value())
        .set(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID, organisation.value())
        .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED, wrapped.wrappedSeed())
        .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SALT, wrapped.wrappedSalt())
        .execute();
  }

  /** Gives an account, which must not hold a key yet, a key with an individual grant. */
  public void grantIndividually(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      EnvironmentKeys keys,
      AccountId account,
      IdentityKey identityKey) {
    WrappedEnvironmentKeys wrapped = keys.wrapFor(identityKey.toX25519());
    UUID key = UUID.randomUUID();
    Instant now = clock.instant();
    db.insertInto(ENVIRONMENT_KEY)
        .set(ENVIRONMENT_KEY.ID, key)
        .set(ENVIRONMENT_KEY.ORGANISATION_ID, organisation.value())
        .set(ENVIRONMENT_KEY.ENVIRONMENT_ID, environment.value())
        .set(ENVIRONMENT_KEY.ACCOUNT_ID, account.value())
        .set(ENVIRONMENT_KEY.WRAPPED_SEED, wrapped.wrappedSeed())
        .set(ENVIRONMENT_KEY.WRAPPED_SALT, wrapped.wrappedSalt())
        .set(ENVIRONMENT_KEY.CREATED_AT, now)
        .set(ENVIRONMENT_KEY.UPDATED_AT, now)
        .execute();
    db.insertInto(ENVIRONMENT_GRANT)
        .set(ENVIRONMENT_GRANT.ID, UUID.randomUUID())
        .set(ENVIRONMENT_GRANT.ORGANISATION_ID, organisation.value())
        .set(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID, key)
        .set(ENVIRONMENT_GRANT.CREATED_AT, now)
        .execute();
  }
}
