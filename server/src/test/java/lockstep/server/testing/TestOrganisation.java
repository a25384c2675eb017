package lockstep.server.testing;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ACCOUNT_NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.APP_ACCOUNT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_SERVER_KEY;
import static lockstep.server.store.tables.Tables.MEMBER;
import static lockstep.server.store.tables.Tables.NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_ENVIRONMENT;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;
import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.store.tables.Tables.USER_ACCOUNT;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.MintedToken;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.Token;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.NetworkPolicies;
import lockstep.server.access.Origin;
import lockstep.server.access.PermissionSet;
import lockstep.server.access.Plan;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.TokenId;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An organisation to play in. People, accounts, teams and policies are put into the database
 * directly, with real keys; apps, environments and secrets are made over the API.
 */
public final class TestOrganisation {

  private final ServerUnderTest server;
  private final UUID id;
  private final Map<DefaultRole, UUID> roles = new EnumMap<>(DefaultRole.class);
  private final Map<TestCaller, Token> tokens = new HashMap<>();
  private final TestCaller owner;

  private TestOrganisation(ServerUnderTest server) {
    this.server = server;
    this.id = UUID.randomUUID();
    insertOrganisation();
    for (DefaultRole role : DefaultRole.values()) {
      roles.put(
          role, insertRole(role.displayName(), role.globalAccess(), role.permissions(), true));
    }
    this.owner = member(DefaultRole.OWNER);
  }

  /** A new organisation with the default roles and an owner. */
  public static TestOrganisation create(ServerUnderTest server) {
    return new TestOrganisation(server);
  }

  public UUID id() {
    return id;
  }

  public TestCaller owner() {
    return owner;
  }

  /**
   * The owner as the server's own parts see a caller, with global access and a role that allows
   * just this.
   */
  public Caller ownerAllowed(PermissionSet permissions) {
    UUID token =
        server
            .database()
            .read(
                db ->
                    db.select(TOKEN.ID)
                        .from(TOKEN)
                        .where(TOKEN.ACCOUNT_ID.eq(owner.account()))
                        .fetchSingle()
                        .value1());
    return new Caller(
        new OrganisationId(id),
        Plan.FREE,
        new AccountId(owner.account()),
        AccountKind.MEMBER,
        "owner",
        new TokenId(token),
        permissions,
        true,
        new NetworkPolicies(List.of(), List.of()),
        AccessRevision.UNKNOWN,
        new Origin(Optional.empty(), "", ""));
  }

  /** A new member with this role, and a personal access token. */
  public TestCaller member(DefaultRole role) {
    return member(role(role));
  }

  /** A new member with a role of its own that allows just this, and a personal access token. */
  public TestCaller memberWith(PermissionSet permissions) {
    return member(customRole(permissions));
  }

  /** A new member with this role, and a personal access token. */
  public TestCaller member(UUID role) {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      return member(role, keyring);
    }
  }

  /** A new member with this role and these keys, and a personal access token. */
  public TestCaller member(UUID role, ServiceAccountKeyring keyring) {
    UUID account = UUID.randomUUID();
    insertMember(account, role, Optional.of(keyring.identityKey()));
    return caller(account, Token.Kind.USER, keyring, null);
  }

  /** A member who was invited but never signed in: no keys, no token. */
  public UUID pendingMember(DefaultRole role) {
    UUID account = UUID.randomUUID();
    insertMember(account, role(role), Optional.empty());
    return account;
  }

  /** A new service account with this role, whose keyring the server holds, and a token. */
  public TestCaller serviceAccount(DefaultRole role) {
    return serviceAccount(role(role));
  }

  public TestCaller serviceAccount(UUID role) {
    UUID account = UUID.randomUUID();
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      String wrapped = keyring.wrapFor(serverKey().publicKey());
      write(
          db -> {
            insertAccount(
                db, account, AccountKind.SERVICE_ACCOUNT, role, keyring.identityKey().hex());
            db.insertInto(SERVICE_ACCOUNT)
                .set(SERVICE_ACCOUNT.ID, account)
                .set(SERVICE_ACCOUNT.ORGANISATION_ID, id)
                .set(SERVICE_ACCOUNT.NAME, "bot-" + account)
                .set(SERVICE_ACCOUNT.SERVER_WRAPPED_KEYRING, wrapped)
                .set(SERVICE_ACCOUNT.SERVER_WRAPPED_RECOVERY, wrapped)
                .set(SERVICE_ACCOUNT.SERVER_KEY, serverKey().publicKey().hex())
                .execute();
          });
      return caller(account, Token.Kind.SERVICE_ACCOUNT, keyring, null);
    }
  }

  /** A legacy service token that opens these environments of an app. */
  public TestCaller serviceToken(TestApp app, String... environmentNames) {
    UUID account = UUID.randomUUID();
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      write(
          db ->
              insertAccount(
                  db, account, AccountKind.SERVICE_TOKEN, null, keyring.identityKey().hex()));
      for (String name : environmentNames) {
        insertGrant(account, app.environment(name), null);
      }
      return caller(account, Token.Kind.SERVICE, keyring, null);
    }
  }

  /** Another token of a member that expires at this time. */
  public TestCaller memberToken(TestCaller member, @Nullable Instant expiresAt) {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      return caller(member.account(), Token.Kind.USER, keyring, expiresAt);
    }
  }

  private TestCaller caller(
      UUID account, Token.Kind kind, ServiceAccountKeyring keyring, @Nullable Instant expiresAt) {
    MintedToken minted = Token.mint(kind, keyring.x25519());
    write(
        db ->
            db.insertInto(TOKEN)
                .set(TOKEN.ID, UUID.randomUUID())
                .set(TOKEN.ORGANISATION_ID, id)
                .set(TOKEN.ACCOUNT_ID, account)
                .set(TOKEN.NAME, "test")
                .set(TOKEN.DIGEST, minted.bearerDigest())
                .set(TOKEN.IDENTITY_KEY, minted.identityKey())
                .set(TOKEN.WRAPPED_KEY_SHARE, minted.wrappedKeyShare())
                .set(TOKEN.CREATED_AT, now())
                .set(TOKEN.EXPIRES_AT, expiresAt)
                .execute());
    TestCaller caller =
        TestCaller.authorized(server.uri(), account, minted.token().bearerHeaderValue());
    tokens.put(caller, minted.token());
    return caller;
  }

  /** The whole token of a caller that was made here. */
  public Token token(TestCaller caller) {
    return Objects.requireNonNull(tokens.get(caller));
  }

  /** Deletes all tokens of an account, as a revocation would. */
  public void deleteTokens(TestCaller caller) {
    write(
        db ->
            db.update(TOKEN)
                .set(TOKEN.DELETED_AT, now())
                .where(TOKEN.ACCOUNT_ID.eq(caller.account()))
                .execute());
  }

  /** Removes a member, or deletes a service account. */
  public void deleteAccount(TestCaller caller) {
    write(
        db ->
            db.update(ACCOUNT)
                .set(ACCOUNT.DELETED_AT, now())
                .where(ACCOUNT.ID.eq(caller.account()))
                .execute());
  }

  /** Takes the public key of an account, as if it never had one. */
  public void forgetIdentityKey(TestCaller caller) {
    write(
        db ->
            db.update(ACCOUNT)
                .setNull(ACCOUNT.IDENTITY_KEY)
                .where(ACCOUNT.ID.eq(caller.account()))
                .execute());
  }

  /** A role that allows just this. */
  public UUID customRole(PermissionSet permissions) {
    return insertRole("role-" + UUID.randomUUID(), false, permissions, false);
  }

  public UUID role(DefaultRole role) {
    return Objects.requireNonNull(roles.get(role));
  }

  /** A new app with the default environments, made by the owner over the API. */
  public TestApp app(String name) {
    return TestApp.of(owner.post("/v1/apps/", Map.of("name", name)));
  }

  /** A new app with these environments, made by the owner over the API. */
  public TestApp app(String name, String... environments) {
    return TestApp.of(
        owner.post("/v1/apps/", Map.of("name", name, "environments", List.of(environments))));
  }

  /** Turns server-side encryption of an app off: the server's copies of the keys are erased. */
  public void turnSseOff(TestApp app) {
    UUID appId = UUID.fromString(app.id());
    write(
        db -> {
          db.update(APP).set(APP.SSE_ENABLED, false).where(APP.ID.eq(appId)).execute();
          db.deleteFrom(ENVIRONMENT_SERVER_KEY)
              .where(
                  ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID.in(
                      db.select(ENVIRONMENT.ID)
                          .from(ENVIRONMENT)
                          .where(ENVIRONMENT.APP_ID.eq(appId))))
              .execute();
        });
  }

  /** Lists an account on an app, without access to any environment. */
  public void list(TestCaller caller, TestApp app) {
    write(
        db ->
            db.insertInto(APP_ACCOUNT)
                .set(APP_ACCOUNT.APP_ID, UUID.fromString(app.id()))
                .set(APP_ACCOUNT.ACCOUNT_ID, caller.account())
                .set(APP_ACCOUNT.ORGANISATION_ID, id)
                .set(APP_ACCOUNT.CREATED_AT, now())
                .onConflictDoNothing()
                .execute());
  }

  /** Lists an account on an app and gives it these environments. */
  public void grant(TestCaller caller, TestApp app, String... environmentNames) {
    list(caller, app);
    for (String name : environmentNames) {
      insertGrant(caller.account(), app.environment(name), null);
    }
  }

  /** Gives an account these environments of an app that only clients can open. */
  public void keyOf(
      TestCaller caller, TestApp app, EnvironmentKeys keys, String... environmentNames) {
    list(caller, app);
    for (String name : environmentNames) {
      UUID environment = UUID.fromString(app.environment(name));
      write(
          db -> {
            WrappedEnvironmentKeys wrapped = keys.wrapFor(token(caller).publicKey());
            insertGrant(db, insertKey(db, caller.account(), environment, wrapped), null);
          });
    }
  }

  /** Takes all keys of environments from an account. */
  public void revokeAllKeys(TestCaller caller) {
    write(
        db ->
            db.deleteFrom(ENVIRONMENT_KEY)
                .where(ENVIRONMENT_KEY.ACCOUNT_ID.eq(caller.account()))
                .execute());
  }

  /** A team with roles for its members and service accounts, or none. */
  public UUID team(@Nullable UUID memberRole, @Nullable UUID serviceAccountRole) {
    UUID team = UUID.randomUUID();
    write(
        db ->
            db.insertInto(TEAM)
                .set(TEAM.ID, team)
                .set(TEAM.ORGANISATION_ID, id)
                .set(TEAM.NAME, "team-" + team)
                .set(TEAM.DESCRIPTION, "")
                .set(TEAM.MEMBER_ROLE_ID, memberRole)
                .set(TEAM.SERVICE_ACCOUNT_ROLE_ID, serviceAccountRole)
                .set(TEAM.IS_SCIM_MANAGED, false)
                .set(TEAM.CREATED_AT, now())
                .set(TEAM.UPDATED_AT, now())
                .execute());
    return team;
  }

  /** Adds an account to a team, without giving it keys. */
  public void join(UUID team, TestCaller caller) {
    write(
        db ->
            db.insertInto(TEAM_MEMBER)
                .set(TEAM_MEMBER.TEAM_ID, team)
                .set(TEAM_MEMBER.ACCOUNT_ID, caller.account())
                .set(TEAM_MEMBER.ORGANISATION_ID, id)
                .set(TEAM_MEMBER.CREATED_AT, now())
                .execute());
  }

  /** Puts environments into the scope of a team, and gives its present accounts keys. */
  public void scope(UUID team, TestApp app, String... environmentNames) {
    for (String name : environmentNames) {
      UUID environment = UUID.fromString(app.environment(name));
      write(
          db ->
              db.insertInto(TEAM_ENVIRONMENT)
                  .set(TEAM_ENVIRONMENT.TEAM_ID, team)
                  .set(TEAM_ENVIRONMENT.ENVIRONMENT_ID, environment)
                  .set(TEAM_ENVIRONMENT.APP_ID, UUID.fromString(app.id()))
                  .set(TEAM_ENVIRONMENT.ORGANISATION_ID, id)
                  .execute());
      List<UUID> accounts =
          server
              .database()
              .read(
                  db ->
                      db.select(TEAM_MEMBER.ACCOUNT_ID)
                          .from(TEAM_MEMBER)
                          .where(TEAM_MEMBER.TEAM_ID.eq(team))
                          .fetch(row -> row.value1()));
      accounts.forEach(account -> insertGrant(account, app.environment(name), team));
    }
  }

  /** Deletes a team; its grants stay, as if the process had died in between. */
  public void deleteTeamOnly(UUID team) {
    write(db -> db.update(TEAM).set(TEAM.DELETED_AT, now()).where(TEAM.ID.eq(team)).execute());
  }

  /** A network policy for everybody, or for these accounts. */
  public void policy(boolean isGlobal, String entries, TestCaller... callers) {
    UUID policy = UUID.randomUUID();
    write(
        db -> {
          db.insertInto(NETWORK_POLICY)
              .set(NETWORK_POLICY.ID, policy)
              .set(NETWORK_POLICY.ORGANISATION_ID, id)
              .set(NETWORK_POLICY.NAME, "policy")
              .set(NETWORK_POLICY.ALLOWED_IPS, entries)
              .set(NETWORK_POLICY.IS_GLOBAL, isGlobal)
              .set(NETWORK_POLICY.CREATED_AT, now())
              .set(NETWORK_POLICY.UPDATED_AT, now())
              .execute();
          for (TestCaller caller : callers) {
            db.insertInto(ACCOUNT_NETWORK_POLICY)
                .set(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID, caller.account())
                .set(ACCOUNT_NETWORK_POLICY.NETWORK_POLICY_ID, policy)
                .set(ACCOUNT_NETWORK_POLICY.ORGANISATION_ID, id)
                .execute();
          }
        });
  }

  /** Changes the plan: FREE, PRO or ENTERPRISE. */
  public void plan(String plan) {
    write(
        db ->
            db.update(ORGANISATION)
                .set(ORGANISATION.PLAN, plan)
                .where(ORGANISATION.ID.eq(id))
                .execute());
  }

  private void insertOrganisation() {
    write(
        db ->
            db.insertInto(ORGANISATION)
                .set(ORGANISATION.ID, id)
                .set(ORGANISATION.NAME, "org-" + id)
                .set(ORGANISATION.PLAN, "FREE")
                .set(ORGANISATION.ACCESS_REVISION, 0L)
                .set(ORGANISATION.CREATED_AT, now())
                .set(ORGANISATION.UPDATED_AT, now())
                .execute());
  }

  private UUID insertRole(
      String name, boolean globalAccess, PermissionSet permissions, boolean isDefault) {
    UUID role = UUID.randomUUID();
    write(
        db ->
            db.insertInto(ROLE)
                .set(ROLE.ID, role)
                .set(ROLE.ORGANISATION_ID, id)
                .set(ROLE.NAME, name)
                .set(ROLE.FOLDED_NAME, name.toLowerCase(java.util.Locale.ROOT))
                .set(ROLE.COLOR, "")
                .set(ROLE.IS_DEFAULT, isDefault)
                .set(ROLE.GLOBAL_ACCESS, globalAccess)
                .set(ROLE.PERMISSIONS, permissions.toJson())
                .set(ROLE.CREATED_AT, now())
                .execute());
    return role;
  }

  private void insertMember(UUID account, UUID role, Optional<IdentityKey> identityKey) {
    UUID user = UUID.randomUUID();
    write(
        db -> {
          db.insertInto(USER_ACCOUNT)
              .set(USER_ACCOUNT.ID, user)
              .set(USER_ACCOUNT.EMAIL, user + "@example.test")
              .set(USER_ACCOUNT.USERNAME, "user-" + user)
              .set(USER_ACCOUNT.CREATED_AT, now())
              .set(USER_ACCOUNT.UPDATED_AT, now())
              .execute();
          insertAccount(
              db,
              account,
              AccountKind.MEMBER,
              role,
              identityKey.map(IdentityKey::hex).orElse(null));
          db.insertInto(MEMBER)
              .set(MEMBER.ID, account)
              .set(MEMBER.ORGANISATION_ID, id)
              .set(MEMBER.USER_ACCOUNT_ID, user)
              .execute();
        });
  }

  private void insertAccount(
      DSLContext db,
      UUID account,
      AccountKind kind,
      @Nullable UUID role,
      @Nullable String identityKey) {
    db.insertInto(ACCOUNT)
        .set(ACCOUNT.ID, account)
        .set(ACCOUNT.ORGANISATION_ID, id)
        .set(ACCOUNT.KIND, kind.storedName())
        .set(ACCOUNT.ROLE_ID, role)
        .set(ACCOUNT.IDENTITY_KEY, identityKey)
        .set(ACCOUNT.CREATED_AT, now())
        .set(ACCOUNT.UPDATED_AT, now())
        .execute();
  }

  private void insertGrant(UUID account, String environmentId, @Nullable UUID team) {
    UUID environment = UUID.fromString(environmentId);
    write(db -> insertGrant(db, keyOf(db, account, environment), team));
  }

  private void insertGrant(DSLContext db, UUID key, @Nullable UUID team) {
    db.insertInto(ENVIRONMENT_GRANT)
        .set(ENVIRONMENT_GRANT.ID, UUID.randomUUID())
        .set(ENVIRONMENT_GRANT.ORGANISATION_ID, id)
        .set(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID, key)
        .set(ENVIRONMENT_GRANT.TEAM_ID, team)
        .set(ENVIRONMENT_GRANT.CREATED_AT, now())
        .execute();
  }

  private UUID keyOf(DSLContext db, UUID account, UUID environment) {
    Optional<UUID> existing =
        db.select(ENVIRONMENT_KEY.ID)
            .from(ENVIRONMENT_KEY)
            .where(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(environment))
            .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account))
            .fetchOptional(ENVIRONMENT_KEY.ID);
    return existing.orElseGet(() -> insertKey(db, account, environment));
  }

  private UUID insertKey(DSLContext db, UUID account, UUID environment) {
    IdentityKey identity =
        IdentityKey.parse(
            db.select(ACCOUNT.IDENTITY_KEY)
                .from(ACCOUNT)
                .where(ACCOUNT.ID.eq(account))
                .fetchSingle()
                .value1());
    WrappedEnvironmentKeys wrapped =
        db.select(
                ENVIRONMENT_SERVER_KEY.WRAPPED_SEED,
                ENVIRONMENT_SERVER_KEY.WRAPPED_SALT,
                ENVIRONMENT.IDENTITY_KEY)
            .from(ENVIRONMENT_SERVER_KEY)
            .join(ENVIRONMENT)
            .on(ENVIRONMENT.ID.eq(ENVIRONMENT_SERVER_KEY.ENVIRONMENT_ID))
            .where(ENVIRONMENT.ID.eq(environment))
            .fetchOptional(
                row -> {
                  try (EnvironmentKeys keys =
                      EnvironmentKeys.unwrap(
                          new WrappedEnvironmentKeys(row.value1(), row.value2()),
                          serverKey().keyPair(),
                          row.value3())) {
                    return keys.wrapFor(identity.toX25519());
                  }
                })
            .orElseGet(() -> unknownKeys(identity));
    return insertKey(db, account, environment, wrapped);
  }

  private UUID insertKey(
      DSLContext db, UUID account, UUID environment, WrappedEnvironmentKeys wrapped) {
    UUID key = UUID.randomUUID();
    db.insertInto(ENVIRONMENT_KEY)
        .set(ENVIRONMENT_KEY.ID, key)
        .set(ENVIRONMENT_KEY.ORGANISATION_ID, id)
        .set(ENVIRONMENT_KEY.ENVIRONMENT_ID, environment)
        .set(ENVIRONMENT_KEY.ACCOUNT_ID, account)
        .set(ENVIRONMENT_KEY.WRAPPED_SEED, wrapped.wrappedSeed())
        .set(ENVIRONMENT_KEY.WRAPPED_SALT, wrapped.wrappedSalt())
        .set(ENVIRONMENT_KEY.CREATED_AT, now())
        .set(ENVIRONMENT_KEY.UPDATED_AT, now())
        .execute();
    return key;
  }

  /** What only a client could make right, for tests in which nobody opens it. */
  private static WrappedEnvironmentKeys unknownKeys(IdentityKey recipient) {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      return keys.wrapFor(recipient.toX25519());
    }
  }

  /** As features write: what may alter access counts as a change of it. */
  private void write(java.util.function.Consumer<DSLContext> work) {
    server
        .database()
        .write(
            db -> {
              AccessRevision.increment(db, new OrganisationId(id));
              work.accept(db);
              return id;
            });
  }

  private static ServerKey serverKey() {
    return ServerKey.parse(ServerUnderTest.SERVER_SECRET);
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
