package lockstep.server.auth;

import static lockstep.server.store.tables.Tables.TOKEN;
import static org.jooq.impl.DSL.noCondition;

import java.time.Instant;
import java.util.Optional;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** What tokens of all kinds of accounts have in common, whichever feature manages them. */
public final class LiveTokenStore {

  private LiveTokenStore() {}

  /**
   * The condition that a token is one of this account's, and was not ended. It may have expired.
   */
  public static Condition isLive(OrganisationId organisation, AccountId account) {
    return TOKEN
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(TOKEN.ACCOUNT_ID.eq(account.value()))
        .and(TOKEN.DELETED_AT.isNull());
  }

  /**
   * Ends a token of an account, or all of them. Their shares of its private key are erased.
   *
   * @param token the one to end; empty for all
   */
  public static void end(
      DSLContext db,
      OrganisationId organisation,
      AccountId account,
      Optional<TokenId> token,
      Instant now) {
    db.update(TOKEN)
        .set(TOKEN.DELETED_AT, now)
        .set(TOKEN.WRAPPED_KEY_SHARE, "")
        .where(isLive(organisation, account))
        .and(token.map(one -> TOKEN.ID.eq(one.value())).orElseGet(() -> noCondition()))
        .execute();
  }
}
