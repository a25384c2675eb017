package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.ServerKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.AccountKind;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Makes the keys of environments, and opens those of apps with server-side encryption. {@link
 * EnvironmentGrants} hands them to accounts.
 */
public final class EnvironmentKeyring {

  private final ServerKeys serverKeys;

  /** Works with these server keys. */
  public EnvironmentKeyring(ServerKeys serverKeys) {
    this.serverKeys = serverKeys;
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
            ENVIRONMENT_SERVER_KEY.SERVER_KEY,
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
                ServerCopy.open(
                    serverKeys,
                    new WrappedEnvironmentKeys(row.value1(), row.value2()),
                    row.value3(),
                    row.value4()));
  }

  /** Which keys an environment has now; empty if there is no such environment. */
  public Optional<KeyState> state(
      DSLContext db, OrganisationId organisation, EnvironmentId environment) {
    return db.select(ENVIRONMENT.IDENTITY_KEY, ENVIRONMENT.KEYS_ROTATED_AT)
        .from(ENVIRONMENT)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT.ID.eq(environment.value()))
        .fetchOptional(row -> new KeyState(row.value1(), row.value2() != null));
  }

  /** Wraps new keys for those who hold keys of the environment now. */
  public void prepare(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      ReplacementKeys replacement) {
    replacement.expect(HolderStore.holders(db, organisation, environment));
  }

  /**
   * Puts new keys in the place of all copies of the present ones, the server's and those of
   * accounts, in a transaction that holds the access revision and the environment. Returns how many
   * accounts hold them.
   *
   * @throws lockstep.server.http.ApiException 409 if there is a holder for whom nothing can be
   *     wrapped
   */
  public int replace(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      ReplacementKeys replacement,
      Instant now) {
    ServerKey inUse = serverKeys.inUse(db);
    WrappedEnvironmentKeys copy = replacement.wrapped(inUse.publicKey());
    int copies =
        db.update(ENVIRONMENT_SERVER_KEY)
            .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED, copy.wrappedSeed())
            .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SALT, copy.wrappedSalt())
            .set(ENVIRONMENT_SERVER_KEY.SERVER_KEY, ServerKeys.name(inUse))
            .where(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID.eq(organisation.value()))
            .and(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(environment.value()))
            .execute();
    if (copies != 1) {
      throw new IllegalStateException("the server has no copy of keys that it opened");
    }
    HolderStore.eraseOfDeleted(db, organisation, environment);
    List<HolderStore.Holder> holders = HolderStore.holders(db, organisation, environment);
    HolderStore.replace(
        db, organisation, holders, holder -> replacement.wrapped(holder.recipient()), now);
    setReplaced(db, organisation, environment, replacement.keys().identityKey(), now);
    return holders.size();
  }

  /**
   * The accounts that hold keys of the environment now, and what to wrap other keys for.
   *
   * @throws lockstep.server.http.ApiException 409 if there is one for whom nothing can be wrapped
   */
  public List<KeyRecipient> holders(
      DSLContext db, OrganisationId organisation, EnvironmentId environment) {
    return HolderStore.holders(db, organisation, environment).stream()
        .map(KeyRecipient::of)
        .toList();
  }

  /**
   * Puts keys that a client made and wrapped in the place of those of all accounts, in a
   * transaction that holds the access revision and the environment, of which the server has no
   * keys. Returns how many accounts hold them.
   *
   * @param identityKey the public one of the new keys
   * @throws lockstep.server.http.ApiException 409, with those that are {@code missing} and {@code
   *     unexpected}, if they are not wrapped for exactly the accounts that hold the present ones
   */
  public int replaceSupplied(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      String identityKey,
      Map<AccountId, WrappedEnvironmentKeys> supplied,
      Instant now) {
    HolderStore.eraseOfDeleted(db, organisation, environment);
    List<HolderStore.Holder> holders = HolderStore.holders(db, organisation, environment);
    Set<AccountId> accounts =
        holders.stream().map(HolderStore.Holder::account).collect(Collectors.toSet());
    SuppliedKeys.requireFor(
        accounts,
        supplied.keySet(),
        () ->
            "The new keys are not wrapped for exactly the accounts that hold the present ones."
                + " Begin again.");
    HolderStore.replace(
        db,
        organisation,
        holders,
        holder -> Objects.requireNonNull(supplied.get(holder.account())),
        now);
    setReplaced(db, organisation, environment, identityKey, now);
    return holders.size();
  }

  private static void setReplaced(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      String identityKey,
      Instant now) {
    db.update(ENVIRONMENT)
        .set(ENVIRONMENT.IDENTITY_KEY, identityKey)
        .set(ENVIRONMENT.KEYS_ROTATED_AT, now)
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT.ID.eq(environment.value()))
        .execute();
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

  /**
   * Makes keys for environments to be created, and wraps them for the server and these accounts.
   */
  public FreshKeys generate(
      Collection<EnvironmentId> environments, Collection<IdentityKey> recipients) {
    ServerKey serverKey = serverKeys.latest();
    Map<EnvironmentId, SealedEnvironment> sealed = new HashMap<>();
    Map<WrappedKeys.Generation, Map<IdentityKey, WrappedEnvironmentKeys>> wrapped = new HashMap<>();
    for (EnvironmentId id : environments) {
      try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
        SealedEnvironment environment =
            new SealedEnvironment(
                id,
                keys.wrapFor(serverKey.publicKey()),
                ServerKeys.name(serverKey),
                keys.identityKey());
        sealed.put(id, environment);
        Map<IdentityKey, WrappedEnvironmentKeys> forRecipients = new HashMap<>();
        recipients.forEach(
            recipient -> forRecipients.put(recipient, keys.wrapFor(recipient.toX25519())));
        wrapped.put(environment.generation(), forRecipients);
      }
    }
    return new FreshKeys(sealed, new WrappedKeys(wrapped));
  }

  /**
   * The key, 64 hexadecimal digits, that clients wrap for whom the server shall be able to open.
   */
  public String serverPublicKey(DSLContext db) {
    return ServerKeys.name(serverKeys.inUse(db));
  }

  /**
   * What the server finds out about a copy of keys that it was given. Slow: belongs before the
   * transaction.
   *
   * @param identityKey of the environment
   * @param names of secrets in it, which prove the salt
   */
  public CopyCheck check(
      WrappedEnvironmentKeys copy, String identityKey, Collection<StoredName> names) {
    try (EnvironmentKeys keys = ServerCopy.open(serverKeys, copy, null, identityKey);
        FieldOpener opener = keys.opener()) {
      boolean readable = false;
      for (StoredName stored : names) {
        Optional<String> name = open(opener, stored.ciphertext());
        if (name.map(keys::keyDigest).filter(stored.digest()::equals).isPresent()) {
          return CopyCheck.RIGHT;
        }
        readable |= name.isPresent();
      }
      return readable ? CopyCheck.WRONG_SALT : CopyCheck.UNPROVEN;
    } catch (CryptoException e) {
      return CopyCheck.UNUSABLE;
    }
  }

  /** Clients store names as they like, so some of them may be no proof of anything. */
  private static Optional<String> open(FieldOpener opener, String ciphertext) {
    try {
      return Optional.of(opener.open(ciphertext));
    } catch (CryptoException e) {
      return Optional.empty();
    }
  }

  /** Stores the server's copy of a created environment's keys. */
  public void keepServerCopy(
      DSLContext db, OrganisationId organisation, EnvironmentId environment, FreshKeys keys) {
    SealedEnvironment fresh = keys.find(environment);
    keepServerCopy(
        db, organisation, environment, fresh.copy(), fresh.serverKey(), fresh.identityKey());
  }

  /** Stores what a client wrapped for the server and {@link #check} did not object to. */
  public void keepServerCopy(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      WrappedEnvironmentKeys copy,
      String identityKey) {
    keepServerCopy(db, organisation, environment, copy, null, identityKey);
  }

  /** The key in use may be another one by now than what the copy was wrapped to. */
  private void keepServerCopy(
      DSLContext db,
      OrganisationId organisation,
      EnvironmentId environment,
      WrappedEnvironmentKeys prepared,
      @Nullable String preparedFor,
      String identityKey) {
    ServerKey inUse = serverKeys.inUse(db);
    String name = ServerKeys.name(inUse);
    WrappedEnvironmentKeys copy =
        name.equals(preparedFor)
            ? prepared
            : ServerCopy.rewrap(serverKeys, prepared, preparedFor, identityKey, inUse)
                .orElseThrow(() -> new IllegalStateException("a checked copy does not open"));
    db.insertInto(ENVIRONMENT_SERVER_KEY)
        .set(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID, environment.value())
        .set(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID, organisation.value())
        .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SEED, copy.wrappedSeed())
        .set(ENVIRONMENT_SERVER_KEY.WRAPPED_SALT, copy.wrappedSalt())
        .set(ENVIRONMENT_SERVER_KEY.SERVER_KEY, name)
        .execute();
    // What another copy opened is not to be remembered.
    db.update(ENVIRONMENT)
        .set(ENVIRONMENT.REVISION, ENVIRONMENT.REVISION.plus(1))
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT.ID.eq(environment.value()))
        .execute();
  }

  /** The server's copies of the keys of an app's environments, whether it can open them or not. */
  public Map<EnvironmentId, WrappedEnvironmentKeys> serverCopies(
      DSLContext db, OrganisationId organisation, AppId app) {
    return db.select(
            ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID,
            ENVIRONMENT_SERVER_KEY.WRAPPED_SEED,
            ENVIRONMENT_SERVER_KEY.WRAPPED_SALT)
        .from(ENVIRONMENT_SERVER_KEY)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID))
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT.APP_ID.eq(app.value()))
        .fetchMap(
            row -> new EnvironmentId(row.value1()),
            row -> new WrappedEnvironmentKeys(row.value2(), row.value3()));
  }

  /** Takes the server's copy of one environment's keys. */
  public void eraseServerCopy(
      DSLContext db, OrganisationId organisation, EnvironmentId environment) {
    db.deleteFrom(ENVIRONMENT_SERVER_KEY)
        .where(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.eq(environment.value()))
        .execute();
  }

  /** Takes from the server what it could open the environments of an app with. */
  public void eraseServerCopies(DSLContext db, OrganisationId organisation, AppId app) {
    db.deleteFrom(ENVIRONMENT_SERVER_KEY)
        .where(ENVIRONMENT_SERVER_KEY.ORGANISATION_ID.eq(organisation.value()))
        .and(
            ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.in(
                DSL.select(ENVIRONMENT.ID)
                    .from(ENVIRONMENT)
                    .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
                    .and(ENVIRONMENT.APP_ID.eq(app.value()))))
        .execute();
  }
}
