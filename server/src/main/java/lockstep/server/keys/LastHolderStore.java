package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Chunks;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;

/** Queries about environments that only their holders can open: what they lose is lost for good. */
final class LastHolderStore {

  private LastHolderStore() {}

  /**
   * Refuses, once keys of members are gone, if an environment that the server cannot open is left
   * without any member who has a key of it. Others than those named are not looked at, so that what
   * is lost already stands in nobody's way.
   */
  static void requireHolders(
      DSLContext db, OrganisationId organisation, Collection<UUID> environments) {
    for (List<UUID> chunk : Chunks.of(environments)) {
      db.select(ENVIRONMENT.NAME, APP.NAME)
          .from(ENVIRONMENT)
          .join(APP)
          .on(APP.ID.eq(ENVIRONMENT.APP_ID))
          .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
          .and(ENVIRONMENT.ID.in(chunk))
          .and(APP.SSE_ENABLED.isFalse())
          .and(isHeldByNoMember(ENVIRONMENT.ID))
          .orderBy(APP.NAME, ENVIRONMENT.SORT_INDEX, ENVIRONMENT.ID)
          .limit(1)
          .fetchOptional()
          .ifPresent(
              row -> {
                throw ApiException.conflict(
                    "No other member has a key of environment '"
                        + row.value1()
                        + "' of app '"
                        + row.value2()
                        + "', which only clients can open, so it would be lost. Give a key to"
                        + " another member first.");
              });
    }
  }

  /** Environments that the server cannot open and one account has a key of, another has not. */
  static Optional<String> nameOnlyHeldBy(
      DSLContext db, OrganisationId organisation, AccountId holder, AccountId other) {
    return db.select(ENVIRONMENT.NAME, APP.NAME)
        .from(ENVIRONMENT)
        .join(APP)
        .on(APP.ID.eq(ENVIRONMENT.APP_ID))
        .where(ENVIRONMENT.ORGANISATION_ID.eq(organisation.value()))
        .and(APP.SSE_ENABLED.isFalse())
        .and(hasKey(holder))
        .andNot(hasKey(other))
        .orderBy(APP.NAME, ENVIRONMENT.SORT_INDEX, ENVIRONMENT.ID)
        .limit(1)
        .fetchOptional(row -> "'" + row.value1() + "' of app '" + row.value2() + "'");
  }

  /** The condition that no member has a key of the environment with the id in this column. */
  static Condition isHeldByNoMember(Field<UUID> environment) {
    return notExists(
        selectOne()
            .from(ENVIRONMENT_KEY)
            .join(ACCOUNT)
            .on(ACCOUNT.ID.eq(ENVIRONMENT_KEY.ACCOUNT_ID))
            .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(environment))
            .and(ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName()))
            .and(ACCOUNT.DELETED_AT.isNull()));
  }

  private static Condition hasKey(AccountId account) {
    return exists(
        selectOne()
            .from(ENVIRONMENT_KEY)
            .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(ENVIRONMENT.ID))
            .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.value())));
  }
}
