package lockstep.server.security;

import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TEAM;

import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.security.MatrixThings.Kind;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import tools.jackson.databind.JsonNode;

/** Two organisations with everything in them, and the callers, who all belong to the first. */
final class MatrixWorld {

  private static final PermissionSet EVERYTHING =
      new PermissionSet(
          Arrays.stream(OrganisationResource.values())
              .collect(Collectors.toMap(kind -> kind, OrganisationResource::validActions)),
          Arrays.stream(AppResource.values())
              .collect(Collectors.toMap(kind -> kind, AppResource::validActions)));

  private final ServerUnderTest server;
  private final TestOrganisation organisation;
  private final TestOrganisation foreign;
  private final Map<MatrixTarget, MatrixThings> things = new EnumMap<>(MatrixTarget.class);
  private final Map<MatrixCaller, TestCaller> callers = new EnumMap<>(MatrixCaller.class);
  private final TestCaller protectedAdmin;
  private final UUID commonTeam;
  private final UUID managersTeam;
  private final UUID ownedTeam;
  private final Map<UUID, String> accountsOfTeams;

  MatrixWorld(ServerUnderTest server) {
    this.server = server;
    this.organisation = TestOrganisation.create(server);
    this.foreign = TestOrganisation.create(server);
    things.put(MatrixTarget.REACHABLE, new MatrixThings(server, organisation));
    things.put(MatrixTarget.UNREACHED, new MatrixThings(server, organisation));
    things.put(MatrixTarget.FOREIGN, new MatrixThings(server, foreign));
    things.put(MatrixTarget.DELETED, new MatrixThings(server, organisation).deleted());
    this.protectedAdmin = organisation.member(DefaultRole.ADMIN);
    addCallers();
    UUID manager = organisation.role(DefaultRole.MANAGER);
    this.commonTeam = organisation.team(null, null);
    this.managersTeam = organisation.team(manager, manager);
    this.ownedTeam = organisation.team(null, null);
    callers.forEach(this::settle);
    organisation.scope(managersTeam, app(), "Development");
    organisation.scope(managersTeam, vault(), "Development");
    own(ownedTeam, caller(MatrixCaller.TEAM_OWNER));
    this.accountsOfTeams =
        Map.of(
            commonTeam, accountOf(commonTeam),
            managersTeam, accountOf(managersTeam),
            ownedTeam, accountOf(ownedTeam));
    setTeam(
        thing(MatrixTarget.UNREACHED, Kind.SERVICE_ACCOUNT),
        UUID.fromString(thing(MatrixTarget.UNREACHED, Kind.TEAM)));
  }

  private void addCallers() {
    callers.put(MatrixCaller.OWNER, organisation.owner());
    callers.put(MatrixCaller.ADMIN, organisation.member(DefaultRole.ADMIN));
    callers.put(MatrixCaller.MANAGER, organisation.member(DefaultRole.MANAGER));
    callers.put(MatrixCaller.DEVELOPER, organisation.member(DefaultRole.DEVELOPER));
    for (MatrixCaller caller :
        EnumSet.of(
            MatrixCaller.MEMBER_WITH_NOTHING,
            MatrixCaller.TEAM_OWNER,
            MatrixCaller.TEAM_ONLY_MEMBER)) {
      callers.put(caller, organisation.memberWith(PermissionSet.NONE));
    }
    UUID everything = organisation.customRole(EVERYTHING);
    callers.put(MatrixCaller.MEMBER_WITH_EVERYTHING, organisation.member(everything));
    callers.put(MatrixCaller.SERVICE_ACCOUNT, organisation.serviceAccount(DefaultRole.SERVICE));
    callers.put(
        MatrixCaller.SERVICE_ACCOUNT_WITH_EVERYTHING, organisation.serviceAccount(everything));
    callers.put(
        MatrixCaller.TEAM_ONLY_SERVICE_ACCOUNT,
        organisation.serviceAccount(organisation.customRole(PermissionSet.NONE)));
    callers.put(MatrixCaller.LEGACY_SERVICE_TOKEN, organisation.serviceToken(app(), "Development"));
    addNobodies(everything);
  }

  private void addNobodies(UUID everything) {
    TestCaller owner = organisation.owner();
    callers.put(MatrixCaller.ANONYMOUS, TestCaller.anonymous(server.uri()));
    callers.put(
        MatrixCaller.UNKNOWN_TOKEN,
        TestCaller.authorized(
            server.uri(), owner.account(), "User " + "0123456789abcdef".repeat(4)));
    callers.put(MatrixCaller.INVITED, invited());
    callers.put(
        MatrixCaller.EXPIRED_TOKEN_OF_OWNER, organisation.memberToken(owner, Instant.EPOCH));
    callers.put(MatrixCaller.DELETED_TOKEN_OF_OWNER, withDeletedToken());
    TestCaller removed = organisation.member(DefaultRole.ADMIN);
    owner.delete("/v1/members/" + removed.account() + "/").is(204);
    callers.put(MatrixCaller.REMOVED_ADMIN, removed);
    TestCaller bot = organisation.serviceAccount(everything);
    owner.delete("/v1/service-accounts/" + bot.account() + "/").is(204);
    callers.put(MatrixCaller.DELETED_SERVICE_ACCOUNT, bot);
  }

  private TestCaller invited() {
    String invites = "/v1/members/invites/";
    String role = organisation.role(DefaultRole.DEVELOPER).toString();
    String email = UUID.randomUUID() + "@acme.test";
    String id =
        organisation.owner().post(invites, Map.of("email", email, "role_id", role)).is(201).id();
    JsonNode link = organisation.owner().get(invites + id + "/link/").is(200).json();
    return TestCaller.authorized(
        server.uri(), UUID.fromString(id), "User " + link.get("code").stringValue());
  }

  private TestCaller withDeletedToken() {
    TestCaller owner = organisation.owner();
    Set<String> before = Set.copyOf(owner.get("/v1/tokens/").is(200).each("id"));
    TestCaller caller = organisation.memberToken(owner, null);
    for (String id : owner.get("/v1/tokens/").is(200).each("id")) {
      if (!before.contains(id)) {
        owner.delete("/v1/tokens/" + id + "/").is(204);
      }
    }
    return caller;
  }

  /** Gives a caller its team and what it reaches. */
  private void settle(MatrixCaller kind, TestCaller caller) {
    boolean isLive = kind.isMember() || kind.kind == MatrixCaller.Kind.SERVICE_ACCOUNT;
    if (!isLive || kind.hasGlobalAccess()) {
      return;
    }
    if (!kind.ownsItsTeam()) {
      organisation.join(teamOf(kind), caller);
    }
    if (!kind.isManagerInItsTeam()) {
      organisation.grant(caller, app(), "Development");
      organisation.grant(caller, vault(), "Development");
    }
  }

  TestCaller caller(MatrixCaller kind) {
    return Objects.requireNonNull(callers.get(kind));
  }

  TestOrganisation organisation() {
    return organisation;
  }

  UUID foreignId() {
    return foreign.id();
  }

  /** The app that all callers reach: its environment Development, but not Staging. */
  TestApp app() {
    return of(MatrixTarget.REACHABLE).app();
  }

  /** The same of an app that the server cannot open. */
  TestApp vault() {
    return of(MatrixTarget.REACHABLE).vault();
  }

  TestCaller protectedAdmin() {
    return protectedAdmin;
  }

  MatrixThings of(MatrixTarget target) {
    return Objects.requireNonNull(things.get(target));
  }

  String thing(MatrixTarget target, Kind kind) {
    return of(target).id(kind);
  }

  /** The team that counts for a caller. */
  UUID teamOf(MatrixCaller kind) {
    return kind.ownsItsTeam() ? ownedTeam : kind.isManagerInItsTeam() ? managersTeam : commonTeam;
  }

  /** A service account that this caller's team owns. */
  String accountOfTeamOf(MatrixCaller kind) {
    return Objects.requireNonNull(accountsOfTeams.get(teamOf(kind)));
  }

  /** A new service account that a team owns. */
  String accountOf(UUID team) {
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.join(team, account);
    setTeam(account.account().toString(), team);
    return account.account().toString();
  }

  private void setTeam(String account, UUID team) {
    server
        .database()
        .write(
            db ->
                db.update(SERVICE_ACCOUNT)
                    .set(SERVICE_ACCOUNT.TEAM_ID, team)
                    .where(SERVICE_ACCOUNT.ID.eq(UUID.fromString(account)))
                    .execute());
  }

  private void own(UUID team, TestCaller owner) {
    server
        .database()
        .write(
            db ->
                db.update(TEAM)
                    .set(TEAM.OWNER_ID, owner.account())
                    .where(TEAM.ID.eq(team))
                    .execute());
  }
}
