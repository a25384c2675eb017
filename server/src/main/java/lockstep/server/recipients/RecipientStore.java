package lockstep.server.recipients;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Chunks;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Select;
import org.jooq.SelectField;
import org.jooq.SelectJoinStep;

/** Queries about accounts that keys can be wrapped for. */
final class RecipientStore {

  /** An account that keys shall be given to or taken from. */
  record Target(AccountKind kind, boolean globalAccess, boolean hasIdentityKey) {}

  private static final Field<Boolean> GLOBAL =
      field(
          ACCOUNT
              .KIND
              .eq(AccountKind.MEMBER.storedName())
              .and(ROLE.GLOBAL_ACCESS.isTrue())
              .and(ROLE.GLOBAL_ACCESS.isNotNull()));

  private RecipientStore() {}

  /** These accounts, oldest first. */
  static List<Recipient> recipients(
      DSLContext db, OrganisationId organisation, Collection<AccountId> accounts) {
    List<Recipient> found = new ArrayList<>();
    for (List<AccountId> chunk : Chunks.of(accounts)) {
      found.addAll(
          from(db, List.of())
              .where(isUsable(organisation))
              .and(ACCOUNT.ID.in(values(chunk)))
              .orderBy(ACCOUNT.CREATED_AT, ACCOUNT.ID)
              .fetch(RecipientStore::toRecipient));
    }
    return found;
  }

  /** All accounts that meet a condition and could have a key of an environment, oldest first. */
  static List<KeyHolder> holders(DSLContext db, EnvironmentAccess access, Condition condition) {
    Field<Boolean> holds = field(exists(key(access))).as("holds");
    Field<Boolean> individual =
        field(
                exists(
                    selectOne()
                        .from(ENVIRONMENT_KEY)
                        .join(ENVIRONMENT_GRANT)
                        .on(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID.eq(ENVIRONMENT_KEY.ID))
                        .where(isKeyOf(access))
                        .and(ENVIRONMENT_GRANT.TEAM_ID.isNull())))
            .as("individual");
    Field<Boolean> global = GLOBAL.as("global");
    return from(db, List.of(holds, individual, global))
        .where(isUsable(access.organisation()))
        .and(condition)
        .orderBy(ACCOUNT.CREATED_AT, ACCOUNT.ID)
        .fetch(
            row -> {
              Recipient recipient = toRecipient(row);
              return new KeyHolder(
                  recipient.accountId(),
                  recipient.kind(),
                  recipient.name(),
                  recipient.email(),
                  recipient.identityKey(),
                  recipient.serverManaged(),
                  Boolean.TRUE.equals(row.get(global)),
                  row.get(holds),
                  row.get(individual));
            });
  }

  /**
   * These accounts, with what they have of an environment; oldest first, as far as they are few.
   */
  static List<KeyHolder> holders(
      DSLContext db, EnvironmentAccess access, Collection<AccountId> accounts) {
    List<KeyHolder> found = new ArrayList<>();
    for (List<AccountId> chunk : Chunks.of(accounts)) {
      found.addAll(holders(db, access, ACCOUNT.ID.in(values(chunk))));
    }
    return found;
  }

  static Condition isMember() {
    return ACCOUNT.KIND.eq(AccountKind.MEMBER.storedName());
  }

  /** The team that owns a service account, if one does. */
  static Field<UUID> teamOfServiceAccount() {
    return SERVICE_ACCOUNT.TEAM_ID;
  }

  static Condition isServiceAccount() {
    return ACCOUNT.KIND.eq(AccountKind.SERVICE_ACCOUNT.storedName());
  }

  /** Those of the accounts that are live, with or without a key to wrap for. */
  static List<Target> targets(
      DSLContext db, OrganisationId organisation, Collection<AccountId> accounts) {
    Field<Boolean> global = GLOBAL.as("global");
    List<Target> found = new ArrayList<>();
    for (List<AccountId> chunk : Chunks.of(accounts)) {
      found.addAll(
          db.select(ACCOUNT.KIND, ACCOUNT.IDENTITY_KEY, global)
              .from(ACCOUNT)
              .leftJoin(ROLE)
              .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
              .where(ACCOUNT.ORGANISATION_ID.eq(organisation.value()))
              .and(ACCOUNT.ID.in(values(chunk)))
              .and(ACCOUNT.DELETED_AT.isNull())
              .fetch(
                  row ->
                      new Target(
                          AccountKind.ofStoredName(row.value1()),
                          Boolean.TRUE.equals(row.value3()),
                          row.value2() != null)));
    }
    return found;
  }

  /** Takes an account off the app when nothing of the app was given to it any more. */
  static void unlistIfWithoutKeys(DSLContext db, EnvironmentAccess access, AccountId account) {
    db.deleteFrom(APP_ACCOUNT)
        .where(APP_ACCOUNT.ORGANISATION_ID.eq(access.organisation().value()))
        .and(APP_ACCOUNT.APP_ID.eq(access.app().value()))
        .and(APP_ACCOUNT.ACCOUNT_ID.eq(account.value()))
        .and(
            notExists(
                selectOne()
                    .from(ENVIRONMENT_GRANT)
                    .join(ENVIRONMENT_KEY)
                    .on(ENVIRONMENT_KEY.ID.eq(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID))
                    .join(ENVIRONMENT)
                    .on(ENVIRONMENT.ID.eq(ENVIRONMENT_KEY.ENVIRONMENT_ID))
                    .where(ENVIRONMENT.APP_ID.eq(access.app().value()))
                    .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account.value()))
                    .and(ENVIRONMENT_GRANT.TEAM_ID.isNull())))
        .execute();
  }

  private static SelectJoinStep<? extends Record> from(
      DSLContext db, List<? extends SelectField<?>> more) {
    List<SelectField<?>> columns =
        new ArrayList<>(
            List.of(
                ACCOUNT.ID,
                ACCOUNT.KIND,
                ACCOUNT.IDENTITY_KEY,
                USER_ACCOUNT.FULL_NAME,
                USER_ACCOUNT.EMAIL,
                SERVICE_ACCOUNT.NAME,
                SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING));
    columns.addAll(more);
    return db.select(columns)
        .from(ACCOUNT)
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT.ID))
        .leftJoin(USER_ACCOUNT)
        .on(USER_ACCOUNT.ID.eq(MEMBER.USER_ACCOUNT_ID))
        .leftJoin(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID));
  }

  private static Select<?> key(EnvironmentAccess access) {
    return selectOne().from(ENVIRONMENT_KEY).where(isKeyOf(access));
  }

  private static Condition isKeyOf(EnvironmentAccess access) {
    return ENVIRONMENT_KEY
        .ENVIRONMENT_ID
        .eq(access.environment().value())
        .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(ACCOUNT.ID));
  }

  private static Condition isUsable(OrganisationId organisation) {
    return ACCOUNT
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(ACCOUNT.DELETED_AT.isNull())
        .and(ACCOUNT.IDENTITY_KEY.isNotNull());
  }

  private static Recipient toRecipient(Record row) {
    boolean isMember = AccountKind.MEMBER.storedName().equals(row.get(ACCOUNT.KIND));
    return new Recipient(
        row.get(ACCOUNT.ID),
        row.get(ACCOUNT.KIND),
        isMember ? row.get(USER_ACCOUNT.FULL_NAME) : row.get(SERVICE_ACCOUNT.NAME),
        row.get(USER_ACCOUNT.EMAIL),
        row.get(ACCOUNT.IDENTITY_KEY),
        row.get(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING) != null);
  }

  private static List<UUID> values(Collection<AccountId> accounts) {
    return accounts.stream().map(AccountId::value).toList();
  }
}
