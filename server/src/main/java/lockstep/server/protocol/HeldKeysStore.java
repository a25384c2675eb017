package lockstep.server.protocol;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.TOKEN;
import static org.jooq.impl.DSL.length;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.Access;
import lockstep.server.access.AccountKind;
import lockstep.server.access.HeldKeysAccess;
import lockstep.server.protocol.KeyRing.HeldApp;
import lockstep.server.protocol.KeyRing.HeldEnvironment;
import lockstep.server.protocol.KeyRing.HeldKey;
import lockstep.server.protocol.KeyRing.HeldToken;
import org.jooq.DSLContext;
import org.jooq.Record;

/** Queries about the keys of one account. */
final class HeldKeysStore {

  private HeldKeysStore() {}

  static HeldToken token(DSLContext db, HeldKeysAccess access) {
    return db.select(TOKEN.WRAPPED_KEY_SHARE, ORGANISATION.NAME)
        .from(TOKEN)
        .join(ORGANISATION)
        .on(ORGANISATION.ID.eq(TOKEN.ORGANISATION_ID))
        .where(TOKEN.ORGANISATION_ID.eq(access.organisation().value()))
        .and(TOKEN.ID.eq(access.caller().token().value()))
        .fetchSingle(row -> new HeldToken(row.value1(), row.value2()));
  }

  /**
   * The apps with environments of which the account holds a key: apps by age, environments by
   * length of their names. Clients take the first environment whose name contains what they look
   * for, so {@code prod} has to come before {@code prod-eu}.
   */
  static List<HeldApp> apps(DSLContext db, HeldKeysAccess access) {
    Map<UUID, HeldApp> apps = new LinkedHashMap<>();
    db.select(
            APP.ID,
            APP.NAME,
            APP.SSE_ENABLED,
            ENVIRONMENT.ID,
            ENVIRONMENT.NAME,
            ENVIRONMENT.ENV_TYPE,
            ENVIRONMENT.SORT_INDEX,
            ENVIRONMENT.IDENTITY_KEY,
            ENVIRONMENT.CREATED_AT,
            ENVIRONMENT.UPDATED_AT,
            ENVIRONMENT_KEY.ID,
            ENVIRONMENT_KEY.WRAPPED_SEED,
            ENVIRONMENT_KEY.WRAPPED_SALT,
            ENVIRONMENT_KEY.CREATED_AT,
            ENVIRONMENT_KEY.UPDATED_AT)
        .from(ENVIRONMENT_KEY)
        .join(ENVIRONMENT)
        .on(ENVIRONMENT.ID.eq(ENVIRONMENT_KEY.ENVIRONMENT_ID))
        .join(APP)
        .on(APP.ID.eq(ENVIRONMENT.APP_ID))
        .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(access.organisation().value()))
        .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(access.caller().account().value()))
        .and(Access.holdsKey(access, ENVIRONMENT.ID))
        .orderBy(
            APP.CREATED_AT,
            APP.ID,
            length(ENVIRONMENT.NAME),
            ENVIRONMENT.SORT_INDEX,
            ENVIRONMENT.CREATED_AT,
            ENVIRONMENT.ID)
        .forEach(
            row ->
                apps.computeIfAbsent(row.get(APP.ID), _ -> app(access, row))
                    .environmentKeys()
                    .add(key(access, row)));
    return List.copyOf(apps.values());
  }

  private static HeldApp app(HeldKeysAccess access, Record row) {
    // Legacy tokens have always been told so; their environments were encrypted by clients alone.
    boolean toldSse =
        row.get(APP.SSE_ENABLED) && access.caller().kind() != AccountKind.SERVICE_TOKEN;
    return new HeldApp(
        row.get(APP.ID), row.get(APP.NAME), toldSse ? "SSE" : "E2E", new ArrayList<>());
  }

  private static HeldKey key(HeldKeysAccess access, Record row) {
    AccountKind kind = access.caller().kind();
    UUID account = access.caller().account().value();
    return new HeldKey(
        row.get(ENVIRONMENT_KEY.ID),
        new HeldEnvironment(
            row.get(ENVIRONMENT.ID),
            row.get(ENVIRONMENT.NAME),
            row.get(ENVIRONMENT.ENV_TYPE).toUpperCase(Locale.ROOT),
            row.get(ENVIRONMENT.SORT_INDEX),
            row.get(ENVIRONMENT.CREATED_AT),
            row.get(ENVIRONMENT.UPDATED_AT)),
        null,
        row.get(ENVIRONMENT.IDENTITY_KEY),
        row.get(ENVIRONMENT_KEY.WRAPPED_SEED),
        row.get(ENVIRONMENT_KEY.WRAPPED_SALT),
        row.get(ENVIRONMENT_KEY.CREATED_AT),
        row.get(ENVIRONMENT_KEY.UPDATED_AT),
        null,
        kind == AccountKind.MEMBER ? account : null,
        kind == AccountKind.SERVICE_ACCOUNT ? account : null);
  }
}
