package lockstep.server.auth;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ACCOUNT_NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;
import static org.jooq.impl.DSL.coalesce;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.NetworkPolicies;
import lockstep.server.access.Origin;
import lockstep.server.access.PermissionSet;
import lockstep.server.access.Plan;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;

/** Queries about tokens and the accounts behind them. */
final class TokenStore {

  /** Tokens with the accounts they are of, and what those are called by. */
  private static final Table<?> TOKENS_OF_ACCOUNTS =
      TOKEN
          .join(ACCOUNT)
          .on(ACCOUNT.ID.eq(TOKEN.ACCOUNT_ID))
          .leftJoin(MEMBER)
          .on(MEMBER.ID.eq(ACCOUNT.ID))
          .leftJoin(USER_ACCOUNT)
          .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
          .leftJoin(SERVICE_ACCOUNT)
          .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID));

  private static final Field<String> DISPLAY_NAME =
      coalesce(USER_ACCOUNT.EMAIL, SERVICE_ACCOUNT.NAME, TOKEN.NAME).as("display_name");

  private TokenStore() {}

  /**
   * An account as its token proves it.
   *
   * @param expiresAt of the token, if it expires
   */
  record KnownCaller(Caller caller, Optional<Instant> expiresAt) {}

  /** The account behind a live token of this kind. */
  static Optional<KnownCaller> findCaller(
      DSLContext db, AccountKind kind, byte[] digest, Instant now, Origin origin) {
    return db.select(
            TOKEN.ID,
            TOKEN.EXPIRES_AT,
            ACCOUNT.ID,
            ORGANISATION.ID,
            ORGANISATION.PLAN,
            ORGANISATION.ACCESS_REVISION,
            ROLE.PERMISSIONS,
            ROLE.GLOBAL_ACCESS,
            DISPLAY_NAME)
        .from(TOKENS_OF_ACCOUNTS)
        .join(ORGANISATION)
        .on(ORGANISATION.ID.eq(ACCOUNT.ORGANISATION_ID))
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(TOKEN.DIGEST.eq(digest))
        .and(TOKEN.DELETED_AT.isNull())
        .and(TOKEN.EXPIRES_AT.isNull().or(TOKEN.EXPIRES_AT.gt(now)))
        .and(ACCOUNT.KIND.eq(kind.storedName()))
        .and(ACCOUNT.DELETED_AT.isNull())
        .fetchOptional()
        .map(
            row ->
                new KnownCaller(
                    toCaller(db, kind, row, origin),
                    Optional.ofNullable(row.get(TOKEN.EXPIRES_AT))));
  }

  /**
   * A token that is not live any more.
   *
   * @param reason why, in words
   */
  record Ended(RefusedStrangers.Thing thing, String reason) {

    @Override
    public String toString() {
      return "Ended[" + thing + ", " + reason + "]";
    }
  }

  /** A token of this kind that is known, where {@link #findCaller} finds no live one. */
  static Optional<Ended> findEnded(DSLContext db, AccountKind kind, byte[] digest) {
    return db.select(
            TOKEN.ID,
            TOKEN.DELETED_AT,
            ACCOUNT.ID,
            ACCOUNT.ORGANISATION_ID,
            ACCOUNT.DELETED_AT,
            DISPLAY_NAME)
        .from(TOKENS_OF_ACCOUNTS)
        .where(TOKEN.DIGEST.eq(digest))
        .and(ACCOUNT.KIND.eq(kind.storedName()))
        .fetchOptional(row -> toEnded(kind, row));
  }

  private static Ended toEnded(AccountKind kind, Record row) {
    UUID token = row.get(TOKEN.ID);
    String reason =
        row.get(TOKEN.DELETED_AT) == null ? "The token has expired" : "The token was deleted";
    return new Ended(
        new RefusedStrangers.Thing(
            kind == AccountKind.MEMBER
                ? AuditedResource.USER_TOKEN
                : AuditedResource.SERVICE_ACCOUNT_TOKEN,
            token,
            new OrganisationId(row.get(ACCOUNT.ORGANISATION_ID)),
            kind,
            new AccountId(row.get(ACCOUNT.ID)),
            row.get(DISPLAY_NAME),
            token),
        row.get(ACCOUNT.DELETED_AT) == null ? reason : "The account was deleted");
  }

  private static Caller toCaller(DSLContext db, AccountKind kind, Record row, Origin origin) {
    OrganisationId organisation = new OrganisationId(row.get(ORGANISATION.ID));
    AccountId account = new AccountId(row.get(ACCOUNT.ID));
    String permissions = row.get(ROLE.PERMISSIONS);
    return new Caller(
        organisation,
        Plan.valueOf(row.get(ORGANISATION.PLAN)),
        account,
        kind,
        row.get(DISPLAY_NAME),
        new TokenId(row.get(TOKEN.ID)),
        permissions == null ? PermissionSet.NONE : PermissionSet.parse(permissions),
        kind == AccountKind.MEMBER && Boolean.TRUE.equals(row.get(ROLE.GLOBAL_ACCESS)),
        policies(db, organisation, account),
        row.get(ORGANISATION.ACCESS_REVISION),
        origin);
  }

  static NetworkPolicies policies(DSLContext db, OrganisationId organisation, AccountId account) {
    List<String> own = new ArrayList<>();
    List<String> global = new ArrayList<>();
    db.select(
            NETWORK_POLICY.ALLOWED_IPS, NETWORK_POLICY.IS_GLOBAL, ACCOUNT_NETWORK_POLICY.ACCOUNT_ID)
        .from(NETWORK_POLICY)
        .leftJoin(ACCOUNT_NETWORK_POLICY)
        .on(
            ACCOUNT_NETWORK_POLICY
                .NETWORK_POLICY_ID
                .eq(NETWORK_POLICY.ID)
                .and(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID.eq(account.value())))
        .where(NETWORK_POLICY.ORGANISATION_ID.eq(organisation.value()))
        .and(NETWORK_POLICY.IS_GLOBAL.isTrue().or(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID.isNotNull()))
        .forEach(
            row -> {
              if (row.value3() != null) {
                own.add(row.value1());
              }
              if (row.value2()) {
                global.add(row.value1());
              }
            });
    return new NetworkPolicies(own, global);
  }

  static void recordUses(DSLContext db, Map<UUID, Instant> uses) {
    uses.forEach(
        (token, at) ->
            db.update(TOKEN)
                .set(TOKEN.LAST_USED_AT, at)
                .where(TOKEN.ID.eq(token))
                .and(TOKEN.LAST_USED_AT.isNull().or(TOKEN.LAST_USED_AT.lt(at)))
                .execute());
  }
}
