package lockstep.server.serviceaccounts;

import static lockstep.server.store.tables.Tables.TOKEN;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import lockstep.crypto.MintedToken;
import lockstep.server.auth.LiveTokenStore;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import lockstep.server.serviceaccounts.ServiceAccountDetail.TokenSummary;
import lockstep.server.store.tables.tables.records.TokenRecord;
import org.jooq.DSLContext;

/** Queries about the tokens of service accounts. */
final class ServiceAccountTokenStore {

  private ServiceAccountTokenStore() {}

  /** Those that work now, newest first. */
  static List<TokenSummary> listWorking(
      DSLContext db, OrganisationId organisation, AccountId account, Instant now) {
    return db.selectFrom(TOKEN)
        .where(LiveTokenStore.isLive(organisation, account))
        .and(TOKEN.EXPIRES_AT.isNull().or(TOKEN.EXPIRES_AT.gt(now)))
        .orderBy(TOKEN.CREATED_AT.desc(), TOKEN.ID.desc())
        .fetch(ServiceAccountTokenStore::toSummary);
  }

  /** Those that were not deleted, expired ones included, oldest first. */
  static List<TokenSummary> list(DSLContext db, OrganisationId organisation, AccountId account) {
    return db.selectFrom(TOKEN)
        .where(LiveTokenStore.isLive(organisation, account))
        .orderBy(TOKEN.CREATED_AT, TOKEN.ID)
        .fetch(ServiceAccountTokenStore::toSummary);
  }

  static Optional<TokenSummary> find(
      DSLContext db, OrganisationId organisation, AccountId account, TokenId id) {
    return db.selectFrom(TOKEN)
        .where(LiveTokenStore.isLive(organisation, account))
        .and(TOKEN.ID.eq(id.value()))
        .fetchOptional(ServiceAccountTokenStore::toSummary);
  }

  static void insert(
      DSLContext db,
      OrganisationId organisation,
      AccountId account,
      AccountId creator,
      TokenSummary token,
      MintedToken minted) {
    db.insertInto(TOKEN)
        .set(TOKEN.ID, token.id())
        .set(TOKEN.ORGANISATION_ID, organisation.value())
        .set(TOKEN.ACCOUNT_ID, account.value())
        .set(TOKEN.NAME, token.name())
        .set(TOKEN.DIGEST, minted.bearerDigest())
        .set(TOKEN.IDENTITY_KEY, minted.identityKey())
        .set(TOKEN.WRAPPED_KEY_SHARE, minted.wrappedKeyShare())
        .set(TOKEN.CREATED_BY, creator.value())
        .set(TOKEN.CREATED_AT, token.createdAt())
        .set(TOKEN.EXPIRES_AT, token.expiresAt())
        .execute();
  }

  private static TokenSummary toSummary(TokenRecord row) {
    return new TokenSummary(row.getId(), row.getName(), row.getCreatedAt(), row.getExpiresAt());
  }
}
