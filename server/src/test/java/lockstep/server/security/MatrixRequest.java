package lockstep.server.security;

import static lockstep.server.security.MatrixTarget.DELETED;
import static lockstep.server.security.MatrixTarget.FOREIGN;
import static lockstep.server.security.MatrixTarget.MISSING;
import static lockstep.server.security.MatrixTarget.NO_ID;
import static lockstep.server.security.MatrixTarget.OF_OWN_TEAM;
import static lockstep.server.security.MatrixTarget.OWNER;
import static lockstep.server.security.MatrixTarget.RANDOM;
import static lockstep.server.security.MatrixTarget.REACHABLE;
import static lockstep.server.security.MatrixTarget.SECOND_RANDOM;
import static lockstep.server.security.MatrixTarget.SECOND_UNREACHED;
import static lockstep.server.security.MatrixTarget.UNREACHED;
import static lockstep.server.security.MatrixTarget.UNREACHED_PART;

import java.util.Map;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.security.MatrixThings.Kind;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;

/**
 * Turns a cell of the matrix into a request. Without a body, a permitted request is refused for its
 * content; a deletion that the model permits gets something new to delete.
 */
final class MatrixRequest {

  private static final String UNKNOWN = UUID.randomUUID().toString();

  private final MatrixWorld world;
  private final MatrixCaller caller;
  private final String template;
  private final String method;
  private final MatrixTarget target;
  private final boolean deletes;

  MatrixRequest(
      MatrixWorld world,
      MatrixCaller caller,
      String template,
      String method,
      MatrixTarget target,
      boolean allowed) {
    this.world = world;
    this.caller = caller;
    this.template = template;
    this.method = method;
    this.target = target;
    this.deletes = allowed && method.equals("DELETE");
  }

  /**
   * Nothing, if possible. A refusal does not await the body, and a request that followed such an
   * answer on the same connection has been seen to get none.
   */
  String body() {
    boolean isAttachment = template.endsWith("/:id/network-policies/") && method.equals("PUT");
    boolean isRead =
        (target == REACHABLE || target == UNREACHED || target == OF_OWN_TEAM)
            && caller.kind != MatrixCaller.Kind.NOBODY
            && caller.may("Members", 'u');
    return isAttachment && isRead ? "{\"policy_ids\": []}" : "";
  }

  /** The caller, who also sends the headers that name the target. */
  TestCaller sender() {
    TestCaller sender = world.caller(caller);
    if (!template.equals(MatrixModel.ENCRYPTED) || target == MISSING) {
      return sender;
    }
    String environment =
        target == UNREACHED_PART
            ? world.app().environment("Staging")
            : existing(Kind.ENVIRONMENT, target);
    return sender.with("Environment", environment);
  }

  String address() {
    return switch (template) {
      case "/v1/apps/:id/" -> "/v1/apps/" + app() + "/";
      case "/v1/environments/" ->
          target == MISSING ? template : template + "?app_id=" + simple(Kind.APP, target);
      case "/v1/environments/:id/" -> environment();
      case "/v1/environments/:id/history/" -> environment() + "history/";
      case "/v1/environments/:id/history/diff/" -> environment() + "history/diff/";
      case "/v1/environments/:id/history/rollback/" -> environment() + "history/rollback/";
      case "/v1/environments/:id/rotate-keys/" -> environment() + "rotate-keys/";
      case "/v1/secrets/" -> secrets();
      case "/v1/secrets/:id/versions/", "/v1/secrets/:id/restore/" ->
          secrets().replace(":id", secret());
      case "/v1/end-to-end/environments/", "/v1/end-to-end/recipients/" ->
          target == MISSING ? template : template + "?app_id=" + existing(Kind.VAULT, target);
      case "/v1/end-to-end/environments/:id/keys/:account_id/" ->
          "/v1/end-to-end/environments/" + vaultEnvironment() + "/keys/" + keyHolder() + "/";
      case "/v1/end-to-end/environments/:id/rotations/:rotation_id/" -> {
        String environment = vaultEnvironment();
        yield "/v1/end-to-end/environments/%s/rotations/%s/"
            .formatted(environment, rotation(environment));
      }
      case "/v1/lockbox/:id/" -> "/v1/lockbox/" + lockbox() + "/";
      case "/v1/members/:id/tokens/:token_id/" ->
          "/v1/members/" + member() + "/tokens/" + tokenOfMember() + "/";
      case "/v1/members/invites/:id/" -> "/v1/members/invites/" + simple(Kind.INVITE, target) + "/";
      case "/v1/members/invites/:id/link/" ->
          "/v1/members/invites/" + simple(Kind.INVITE, target) + "/link/";
      case "/v1/service-accounts/:id/tokens/:token_id/" -> {
        String account = account();
        yield "/v1/service-accounts/" + account + "/tokens/" + tokenOfAccount(account) + "/";
      }
      case "/v1/teams/:id/members/:member_id/" ->
          "/v1/teams/" + team() + "/members/" + memberOfTeam() + "/";
      case "/v1/roles/:id/" -> "/v1/roles/" + role() + "/";
      case "/v1/network-policies/:id/" ->
          "/v1/network-policies/" + simple(Kind.POLICY, target) + "/";
      case "/v1/tokens/:id/" -> "/v1/tokens/" + ownToken() + "/";
      default -> general();
    };
  }

  private String general() {
    if (template.startsWith("/v1/end-to-end/apps/:id/")) {
      return template.replace(":id", vault());
    }
    if (template.startsWith("/v1/end-to-end/environments/:id/")) {
      return template.replace(":id", vaultEnvironment());
    }
    if (template.startsWith("/v1/members/:id/")) {
      return template.replace(":id", member());
    }
    if (template.startsWith("/v1/service-accounts/:id/")) {
      return template.replace(":id", account());
    }
    return template.startsWith("/v1/teams/:id/") ? template.replace(":id", team()) : template;
  }

  private String app() {
    String app = simple(Kind.APP, target);
    if (deletes && target == REACHABLE) {
      world.organisation().list(world.caller(caller), new TestApp(app, "", Map.of()));
    }
    return app;
  }

  private String environment() {
    if (target.isSecond()) {
      return "/v1/environments/%s/?app_id=%s"
          .formatted(world.thing(REACHABLE, Kind.ENVIRONMENT), simple(Kind.APP, target.ofSecond()));
    }
    if (target == UNREACHED_PART) {
      String part =
          deletes
              ? world.of(REACHABLE).create(Kind.ENVIRONMENT)
              : world.app().environment("Staging");
      return "/v1/environments/" + part + "/";
    }
    String environment = simple(Kind.ENVIRONMENT, target);
    boolean hasNoKey = caller.isMember() && !caller.hasGlobalAccess();
    if (deletes && target == REACHABLE && hasNoKey) {
      world
          .organisation()
          .grant(
              world.caller(caller),
              new TestApp(world.app().id(), "", Map.of("new", environment)),
              "new");
    }
    return "/v1/environments/" + environment + "/";
  }

  private String vault() {
    String vault = simple(Kind.VAULT, target);
    if (deletes && target == REACHABLE) {
      world.organisation().list(world.caller(caller), new TestApp(vault, "", Map.of()));
    }
    return vault;
  }

  private String vaultEnvironment() {
    boolean isWhole = deletes && template.equals("/v1/end-to-end/environments/:id/");
    if (target == UNREACHED_PART) {
      return isWhole
          ? world.of(REACHABLE).create(Kind.VAULT_ENVIRONMENT)
          : world.vault().environment("Staging");
    }
    if (!isWhole) {
      return existing(Kind.VAULT_ENVIRONMENT, target.isSecond() ? REACHABLE : target);
    }
    String environment = simple(Kind.VAULT_ENVIRONMENT, target);
    if (target == REACHABLE && caller.isMember() && !caller.hasGlobalAccess()) {
      world
          .organisation()
          .grant(
              world.caller(caller),
              new TestApp(world.vault().id(), "", Map.of("new", environment)),
              "new");
    }
    return environment;
  }

  private String keyHolder() {
    if (target == SECOND_UNREACHED) {
      return world.protectedAdmin().account().toString();
    }
    return existing(Kind.MEMBER, target.isSecond() ? target.ofSecond() : REACHABLE);
  }

  /** Of the caller in the environment, if it may begin one; or what is none of its own there. */
  private String rotation(String environment) {
    TestCaller owner = world.organisation().owner();
    MatrixThings ours = world.of(REACHABLE);
    return switch (target) {
      case REACHABLE, UNREACHED_PART ->
          ours.rotation(world.caller(caller), environment).orElse(UNKNOWN);
      case UNREACHED ->
          world.of(UNREACHED).rotation(world.caller(caller), environment).orElse(UNKNOWN);
      case SECOND_UNREACHED ->
          ours.rotation(owner, ours.vault().environment("Staging")).orElse(UNKNOWN);
      case SECOND_FOREIGN -> {
        MatrixThings theirs = world.of(FOREIGN);
        yield theirs.rotation().orElse(UNKNOWN);
      }
      case SECOND_DELETED -> {
        String gone = ours.rotation(owner, environment).orElse(UNKNOWN);
        owner.delete("/v1/end-to-end/environments/" + environment + "/rotations/" + gone + "/");
        yield gone;
      }
      default -> UNKNOWN;
    };
  }

  private String lockbox() {
    if (target == UNREACHED) {
      return MatrixThings.lockbox(world.protectedAdmin());
    }
    return deletes && target == REACHABLE
        ? MatrixThings.lockbox(world.caller(caller))
        : existing(Kind.LOCKBOX, target);
  }

  private String secrets() {
    if (target == MISSING) {
      return template + "?app_id=" + world.app().id();
    }
    if (target == UNREACHED_PART || target == SECOND_RANDOM) {
      String name = target == UNREACHED_PART ? "Staging" : "nowhere";
      return template + "?app_id=" + world.app().id() + "&env=" + name;
    }
    return template + "?app_id=" + existing(Kind.APP, target) + "&env=Development";
  }

  private String secret() {
    return target == UNREACHED_PART
        ? world.of(REACHABLE).secretInStaging()
        : existing(Kind.SECRET, target.isSecond() ? target.ofSecond() : target);
  }

  private String member() {
    if (target == OWNER) {
      return world.organisation().owner().account().toString();
    }
    boolean isWhole = template.equals("/v1/members/:id/");
    if (target == UNREACHED) {
      TestCaller admin =
          deletes && isWhole
              ? world.organisation().member(DefaultRole.ADMIN)
              : world.protectedAdmin();
      return admin.account().toString();
    }
    MatrixTarget own = target.isSecond() ? REACHABLE : target;
    return isWhole ? simple(Kind.MEMBER, own) : existing(Kind.MEMBER, own);
  }

  private String tokenOfMember() {
    if (deletes) {
      return world.of(REACHABLE).token(member());
    }
    return existing(Kind.MEMBER_TOKEN, target.isSecond() ? target.ofSecond() : target);
  }

  private String account() {
    boolean isWhole = template.equals("/v1/service-accounts/:id/");
    if (target == OF_OWN_TEAM || target.isSecond()) {
      return deletes && isWhole
          ? world.accountOf(world.teamOf(caller))
          : world.accountOfTeamOf(caller);
    }
    return isWhole ? simple(Kind.SERVICE_ACCOUNT, target) : existing(Kind.SERVICE_ACCOUNT, target);
  }

  private String tokenOfAccount(String account) {
    if (deletes) {
      return world.of(REACHABLE).token(account);
    }
    MatrixTarget token =
        target.isSecond() ? target.ofSecond() : target == OF_OWN_TEAM ? REACHABLE : target;
    return existing(Kind.SERVICE_ACCOUNT_TOKEN, token);
  }

  private String team() {
    if (target != REACHABLE && !target.isSecond()) {
      return template.equals("/v1/teams/:id/")
          ? simple(Kind.TEAM, target)
          : existing(Kind.TEAM, target);
    }
    if (deletes && template.equals("/v1/teams/:id/")) {
      UUID team = world.organisation().team(null, null);
      world.organisation().join(team, world.caller(caller));
      return team.toString();
    }
    return world.teamOf(caller).toString();
  }

  private String memberOfTeam() {
    if (deletes) {
      TestCaller member = world.organisation().member(DefaultRole.DEVELOPER);
      world.organisation().join(UUID.fromString(team()), member);
      return member.account().toString();
    }
    return existing(Kind.MEMBER, target.isSecond() ? target.ofSecond() : target);
  }

  private String role() {
    return target == UNREACHED
        ? world.organisation().role(DefaultRole.SERVICE).toString()
        : simple(Kind.ROLE, target);
  }

  private String ownToken() {
    if (target == REACHABLE) {
      return deletes
          ? world.of(REACHABLE).token(world.caller(caller).account().toString())
          : world.thing(REACHABLE, Kind.MEMBER_TOKEN);
    }
    return existing(Kind.MEMBER_TOKEN, target);
  }

  /** The id of what the target is, or of a new one if it is to be deleted. */
  private String simple(Kind kind, MatrixTarget of) {
    boolean isOurs = of == REACHABLE || of == UNREACHED;
    return deletes && isOurs ? world.of(of).create(kind) : existing(kind, of);
  }

  private String existing(Kind kind, MatrixTarget of) {
    if (of == RANDOM) {
      return UNKNOWN;
    }
    if (of == NO_ID) {
      return "no-id";
    }
    return world.thing(of == FOREIGN || of == DELETED || of == UNREACHED ? of : REACHABLE, kind);
  }
}
