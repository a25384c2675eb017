package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.TOKEN;
import static org.jooq.impl.DSL.select;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.access.AccountKind;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.PlainSql;
import org.jooq.DSLContext;

/** Queries about everybody who holds the keys of one environment. */
final class HolderStore {

  private static final String REPLACE =
      "update environment_key set wrapped_seed = ?, wrapped_salt = ?, updated_at = ?"
          + " where id = ? and organisation_id = ?";

  private HolderStore() {}

  /**
   * A key of an account, and the public key that it is wrapped to.
   *
   * @param identityKey what that key is made of; empty if it is the key of a legacy token
   */
  record Holder(
      UUID key,
      AccountId account,
      String kind,
      X25519PublicKey recipient,
      Optional<IdentityKey> identityKey) {}

  /**
   * All of them.
   *
   * @throws ApiException 409 if there is one for whom nothing can be wrapped
   */
  static List<Holder> holders(
      DSLContext db, OrganisationId organisation, EnvironmentId environment) {
    List<Holder> holders = new ArrayList<>();
    db.select(ENVIRONMENT_KEY.ID, ACCOUNT.ID, ACCOUNT.KIND, ACCOUNT.IDENTITY_KEY)
        .from(ENVIRONMENT_KEY)
        .join(ACCOUNT)
        .on(ACCOUNT.ID.eq(ENVIRONMENT_KEY.ACCOUNT_ID))
        .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(environment.value()))
        .and(ACCOUNT.DELETED_AT.isNull())
        .orderBy(ENVIRONMENT_KEY.ID)
        .forEach(
            row -> {
              UUID account = row.value2();
              Optional<IdentityKey> identity =
                  Optional.ofNullable(row.value4()).flatMap(GrantStore::usable);
              Optional<X25519PublicKey> recipient = identity.map(IdentityKey::toX25519);
              if (recipient.isEmpty()
                  && AccountKind.SERVICE_TOKEN.storedName().equals(row.value3())) {
                recipient = ofToken(db, organisation, account);
              }
              holders.add(
                  new Holder(
                      row.value1(),
                      new AccountId(account),
                      row.value3(),
                      recipient.orElseThrow(() -> unusable(account)),
                      identity));
            });
    return holders;
  }

  /** Legacy tokens are accounts of their own, and what is for them is wrapped to the token. */
  private static Optional<X25519PublicKey> ofToken(
      DSLContext db, OrganisationId organisation, UUID account) {
    return db.select(TOKEN.IDENTITY_KEY)
        .from(TOKEN)
        .where(TOKEN.ORGANISATION_ID.eq(organisation.value()))
        .and(TOKEN.ACCOUNT_ID.eq(account))
        .orderBy(TOKEN.CREATED_AT, TOKEN.ID)
        .limit(1)
        .fetchOptional(TOKEN.IDENTITY_KEY)
        .flatMap(HolderStore::parsed);
  }

  private static Optional<X25519PublicKey> parsed(String key) {
    try {
      return Optional.of(X25519PublicKey.parse(key));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static ApiException unusable(UUID account) {
    return ApiException.conflict(
        "Account "
            + account
            + " has access to the environment, and no public key that new keys could be wrapped"
            + " for. Take its access away first.");
  }

  /** Erases what accounts hold that are gone: nobody wraps new keys for them. */
  static void eraseOfDeleted(
      DSLContext db, OrganisationId organisation, EnvironmentId environment) {
    db.deleteFrom(ENVIRONMENT_KEY)
        .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation.value()))
        .and(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(environment.value()))
        .and(
            ENVIRONMENT_KEY.ACCOUNT_ID.in(
                select(ACCOUNT.ID)
                    .from(ACCOUNT)
                    .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
                    .and(ACCOUNT.DELETED_AT.isNotNull())))
        .execute();
  }

  /** Stores new keys in place of those that these have. */
  static void replace(
      DSLContext db,
      OrganisationId organisation,
      List<Holder> holders,
      Function<Holder, WrappedEnvironmentKeys> replacement,
      Instant now) {
    List<List<Object>> rows = new ArrayList<>(holders.size());
    for (Holder holder : holders) {
      WrappedEnvironmentKeys wrapped = replacement.apply(holder);
      rows.add(
          List.of(
              wrapped.wrappedSeed(),
              wrapped.wrappedSalt(),
              now,
              holder.key(),
              organisation.value()));
    }
    if (PlainSql.in(db, sql -> sql.updateEach(REPLACE, rows)) != rows.size()) {
      throw new IllegalStateException("keys of a locked environment have gone");
    }
  }
}
