package lockstep.server.tokens;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.TOKEN;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lockstep.server.access.AccountKind;
import lockstep.server.auth.LiveTokenStore;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Queries about the tokens of members. */
final class PersonalTokenStore {

  private PersonalTokenStore() {}

  /** The tokens that open something, newest first. */
  static List<PersonalToken> list(
      DSLContext db, OrganisationId organisation, AccountId member, Instant now) {
    return db.select(TOKEN.ID, TOKEN.NAME, TOKEN.CREATED_AT, TOKEN.EXPIRES_AT, TOKEN.LAST_USED_AT)
        .from(TOKEN)
        .where(LiveTokenStore.isLive(organisation, member))
        .and(TOKEN.EXPIRES_AT.isNull().or(TOKEN.EXPIRES_AT.gt(now)))
        .orderBy(TOKEN.CREATED_AT.desc(), TOKEN.ID.desc())
        .fetch(
            row ->
                new PersonalToken(
                    row.value1(), row.value2(), row.value3(), row.value4(), row.value5()));
  }

  static Optional<String> name(
      DSLContext db, OrganisationId organisation, AccountId member, TokenId token) {
    return db.select(TOKEN.NAME)
        .from(TOKEN)
        .where(LiveTokenStore.isLive(organisation, member))
        .and(TOKEN.ID.eq(token.value()))
        .fetchOptional(TOKEN.NAME);
  }

  /** Whether any account, of whatever organisation, has or had this token. */
  static boolean exists(DSLContext db, byte[] digest) {
    return db.fetchExists(TOKEN, TOKEN.DIGEST.eq(digest));
  }

  static void insert(DSLContext db, OrganisationId organisation, AccountId member, NewToken token) {
    db.insertInto(TOKEN)
        .set(TOKEN.ID, token.id().value())
        .set(TOKEN.ORGANISATION_ID, organisation.value())
        .set(TOKEN.ACCOUNT_ID, member.value())
        .set(TOKEN.NAME, token.name())
        .set(TOKEN.DIGEST, token.digest())
        .set(TOKEN.IDENTITY_KEY, token.identityKey())
        .set(TOKEN.WRAPPED_KEY_SHARE, token.wrappedKeyShare())
        .set(TOKEN.CREATED_BY, member.value())
        .set(TOKEN.CREATED_AT, token.createdAt())
        .set(TOKEN.EXPIRES_AT, token.expiresAt().orElse(null))
        .execute();
  }

  static Optional<String> identityKey(
      DSLContext db, OrganisationId organisation, AccountId member) {
    return db.select(ACCOUNT.IDENTITY_KEY)
        .from(ACCOUNT)
        .where(isMember(organisation, member))
        .fetchOptional(ACCOUNT.IDENTITY_KEY);
  }

  /** Whether this member has global access; empty if the organisation has no such member. */
  static Optional<Boolean> globalAccess(
      DSLContext db, OrganisationId organisation, AccountId member) {
    return db.select(ROLE.GLOBAL_ACCESS)
        .from(ACCOUNT)
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(isMember(organisation, member))
        .fetchOptional(row -> isTrue(row.value1()));
  }

  private static boolean isTrue(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }

  private static Condition isMember(OrganisationId organisation, AccountId member) {
    return ACCOUNT
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(ACCOUNT.ID.eq(member.value()))
        .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
        .and(ACCOUNT.DELETED_AT.isNull());
  }
}
