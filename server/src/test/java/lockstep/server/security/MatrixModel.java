package lockstep.server.security;

import static lockstep.server.security.MatrixDecision.ALLOWED;
import static lockstep.server.security.MatrixDecision.FORBIDDEN;
import static lockstep.server.security.MatrixDecision.NOT_FOUND;
import static lockstep.server.security.MatrixDecision.UNAUTHENTICATED;
import static lockstep.server.security.MatrixDecision.allowedIf;
import static lockstep.server.security.MatrixTarget.DELETED;
import static lockstep.server.security.MatrixTarget.FOREIGN;
import static lockstep.server.security.MatrixTarget.MISSING;
import static lockstep.server.security.MatrixTarget.NONE;
import static lockstep.server.security.MatrixTarget.NO_ID;
import static lockstep.server.security.MatrixTarget.OF_OWN_TEAM;
import static lockstep.server.security.MatrixTarget.OWNER;
import static lockstep.server.security.MatrixTarget.RANDOM;
import static lockstep.server.security.MatrixTarget.REACHABLE;
import static lockstep.server.security.MatrixTarget.SECOND_DELETED;
import static lockstep.server.security.MatrixTarget.SECOND_FOREIGN;
import static lockstep.server.security.MatrixTarget.SECOND_RANDOM;
import static lockstep.server.security.MatrixTarget.SECOND_UNREACHED;
import static lockstep.server.security.MatrixTarget.UNREACHED;
import static lockstep.server.security.MatrixTarget.UNREACHED_PART;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * Who may do what, said a second time and without the server's help: for each route the targets
 * that its ids can have, and the decision for each caller. It knows what the rules say, not how the
 * server keeps them.
 */
final class MatrixModel {

  /** The decision on a request whose caller has valid credentials. */
  interface Rule {
    MatrixDecision decide(MatrixCaller caller, String method, MatrixTarget target);
  }

  /** What the model says about a route. */
  record Entry(List<MatrixTarget> targets, Rule rule) {

    /** The decision, credentials included. */
    MatrixDecision expected(
        String template, MatrixCaller caller, String method, MatrixTarget target) {
      if (caller.kind == MatrixCaller.Kind.NOBODY
          || (caller.kind == MatrixCaller.Kind.SERVICE_TOKEN
              && !Set.of(SECRETS, ENCRYPTED, KEYS).contains(template))) {
        return UNAUTHENTICATED;
      }
      return rule.decide(caller, method, target);
    }
  }

  static final String SECRETS = "/v1/secrets/";
  static final String ENCRYPTED = "/secrets/";
  static final String KEYS = "/secrets/tokens/";

  private static final List<MatrixTarget> NOTHING = List.of(FOREIGN, DELETED, RANDOM, NO_ID);

  static final Map<String, Entry> ROUTES = routes();

  private MatrixModel() {}

  private static Map<String, Entry> routes() {
    Map<String, Entry> routes = new LinkedHashMap<>();
    apps(routes);
    history(routes);
    protocol(routes);
    endToEnd(routes);
    members(routes);
    serviceAccounts(routes);
    teams(routes);
    routes.put("/v1/audit/events/", collection("Logs"));
    routes.put("/v1/audit/chain/", collection("Logs"));
    routes.put("/v1/roles/", collection("Roles"));
    routes.put(
        "/v1/roles/:id/",
        entry(
            (caller, method, target) ->
                caller.may("Roles", action(method))
                    ? target.isNothing()
                        ? NOT_FOUND
                        : allowedIf(target == REACHABLE || method.equals("GET"))
                    : FORBIDDEN,
            REACHABLE,
            UNREACHED));
    routes.put("/v1/network-policies/", collection("NetworkAccessPolicies"));
    routes.put("/v1/network-policies/:id/", item("NetworkAccessPolicies"));
    routes.put("/v1/tokens/", onlyMembers());
    routes.put(
        "/v1/tokens/:id/",
        entry(
            (caller, _, target) ->
                !caller.isMember() ? FORBIDDEN : target == REACHABLE ? ALLOWED : NOT_FOUND,
            REACHABLE,
            UNREACHED));
    routes.put(
        "/v1/lockbox/",
        new Entry(
            List.of(NONE), (caller, method, _) -> allowedIf(mayShare(caller, action(method)))));
    routes.put(
        "/v1/lockbox/:id/",
        entry(
            (caller, method, target) ->
                !mayShare(caller, action(method))
                    ? FORBIDDEN
                    : target == REACHABLE ? ALLOWED : NOT_FOUND,
            REACHABLE,
            UNREACHED));
    routes.put("/v1/account/", onlyMembers());
    routes.put("/v1/account/keyring/", onlyMembers());
    routes.put("/v1/account/password/", onlyMembers());
    routes.put("/v1/account/recovery/", onlyMembers());
    routes.put(
        "/v1/organisation/transfer-ownership/",
        new Entry(List.of(NONE), (caller, _, _) -> allowedIf(caller == MatrixCaller.OWNER)));
    return Collections.unmodifiableMap(routes);
  }

  private static void apps(Map<String, Entry> routes) {
    routes.put("/v1/apps/", collection("Apps"));
    routes.put(
        "/v1/apps/:id/",
        entry(
            (caller, method, target) ->
                target.isNothing()
                    ? NOT_FOUND
                    : allowedIf(reachesApp(caller, target) && caller.may("Apps", action(method))),
            REACHABLE,
            UNREACHED));
    routes.put(
        "/v1/environments/",
        entry(
            (caller, method, target) ->
                target.isNothing()
                    ? NOT_FOUND
                    : allowedIf(
                        target != MISSING
                            && reachesApp(caller, target)
                            && caller.mayInApp("Environments", action(method))),
            REACHABLE,
            UNREACHED,
            MISSING));
    routes.put(
        "/v1/environments/:id/",
        entry(
            (caller, method, target) ->
                target.isNothing() || target.isSecond()
                    ? NOT_FOUND
                    : allowedIf(
                        reachesEnvironment(caller, target)
                            && caller.mayInApp("Environments", action(method))),
            REACHABLE,
            UNREACHED,
            UNREACHED_PART,
            SECOND_UNREACHED,
            SECOND_FOREIGN,
            SECOND_DELETED,
            SECOND_RANDOM));
    routes.put(
        "/v1/environments/:id/rotate-keys/",
        ofEnvironment(
            (caller, _) ->
                caller.mayInApp("Environments", 'u') && caller.mayInApp("EncryptionMode", 'u')));
    routes.put(
        SECRETS,
        entry(
            (caller, method, target) ->
                target.isNothing() || target == SECOND_RANDOM
                    ? NOT_FOUND
                    : allowedIf(
                        target != MISSING
                            && reachesEnvironment(caller, target)
                            && (caller.kind == MatrixCaller.Kind.SERVICE_TOKEN
                                || caller.mayInApp("Secrets", action(method)))),
            REACHABLE,
            UNREACHED,
            UNREACHED_PART,
            MISSING,
            SECOND_RANDOM));
  }

  private static void history(Map<String, Entry> routes) {
    String environment = "/v1/environments/:id/history/";
    routes.put(environment, ofEnvironment((caller, _) -> caller.mayInApp("Secrets", 'r')));
    routes.put(
        environment + "diff/", ofEnvironment((caller, _) -> caller.mayInApp("Secrets", 'r')));
    routes.put(
        environment + "rollback/",
        ofEnvironment(
            (caller, _) ->
                caller.mayInApp("Secrets", 'c')
                    && caller.mayInApp("Secrets", 'u')
                    && caller.mayInApp("Secrets", 'd')));
    routes.put("/v1/secrets/:id/versions/", ofSecret(caller -> caller.mayInApp("Secrets", 'r')));
    routes.put(
        "/v1/secrets/:id/restore/",
        ofSecret(caller -> caller.mayInApp("Secrets", 'u') || caller.mayInApp("Secrets", 'c')));
  }

  private static Entry ofSecret(Predicate<MatrixCaller> permitted) {
    return entry(
        (caller, _, target) -> {
          if (target.isNothing() || target == SECOND_RANDOM) {
            return NOT_FOUND;
          }
          MatrixTarget environment = target.isSecond() ? REACHABLE : target;
          boolean isAllowed =
              target != MISSING
                  && reachesEnvironment(caller, environment)
                  && permitted.test(caller);
          return isAllowed && target.isSecond() ? NOT_FOUND : allowedIf(isAllowed);
        },
        REACHABLE,
        UNREACHED,
        UNREACHED_PART,
        MISSING,
        SECOND_FOREIGN,
        SECOND_DELETED,
        SECOND_RANDOM);
  }

  /** What clients need that hold keys. The owner made the apps, so it has keys of them all. */
  private static void protocol(Map<String, Entry> routes) {
    routes.put(KEYS, new Entry(List.of(NONE), (_, _, _) -> ALLOWED));
    routes.put(
        ENCRYPTED,
        entry(
            (caller, method, target) -> {
              if (target.isNothing()) {
                return UNAUTHENTICATED;
              }
              if (target == MISSING) {
                return caller.kind == MatrixCaller.Kind.SERVICE_TOKEN ? UNAUTHENTICATED : FORBIDDEN;
              }
              // The Admin came later, and nobody gave it a key.
              boolean hasKey =
                  caller == MatrixCaller.OWNER
                      || (target == REACHABLE && caller != MatrixCaller.ADMIN);
              if (!hasKey) {
                return caller.isMember() ? FORBIDDEN : UNAUTHENTICATED;
              }
              return allowedIf(
                  caller.kind == MatrixCaller.Kind.SERVICE_TOKEN
                      || caller.mayInApp("Secrets", action(method)));
            },
            REACHABLE,
            UNREACHED,
            UNREACHED_PART,
            MISSING));
  }

  private static void endToEnd(Map<String, Entry> routes) {
    routes.put("/v1/end-to-end/apps/", collection("Apps"));
    routes.put("/v1/end-to-end/apps/:id/", Objects.requireNonNull(routes.get("/v1/apps/:id/")));
    // Who switches has to reach all of the app, and those without global access do not.
    routes.put(
        "/v1/end-to-end/apps/:id/encryption/",
        entry(
            (caller, method, target) ->
                target.isNothing()
                    ? NOT_FOUND
                    : allowedIf(
                        reachesApp(caller, target)
                            && caller.mayInApp("EncryptionMode", action(method))
                            && (method.equals("GET") || caller.hasGlobalAccess())),
            REACHABLE,
            UNREACHED));
    routes.put(
        "/v1/end-to-end/recipients/",
        entry(
            (caller, _, target) ->
                target.isNothing()
                    ? NOT_FOUND
                    : allowedIf(
                        target == MISSING
                            ? caller.may("Apps", 'c')
                            : reachesApp(caller, target) && caller.mayInApp("Environments", 'c')),
            REACHABLE,
            UNREACHED,
            MISSING));
    routes.put(
        "/v1/end-to-end/environments/", Objects.requireNonNull(routes.get("/v1/environments/")));
    routes.put(
        "/v1/end-to-end/environments/:id/",
        ofEnvironment((caller, method) -> caller.mayInApp("Environments", action(method))));
    routes.put(
        "/v1/end-to-end/environments/:id/recipients/",
        ofEnvironment((caller, _) -> caller.may("Members", 'r')));
    // The Admin became one after the app was made, so it has no key to hand out.
    routes.put(
        "/v1/end-to-end/environments/:id/keys/",
        ofEnvironment((caller, _) -> caller != MatrixCaller.ADMIN));
    routes.put(
        "/v1/end-to-end/environments/:id/keys/:account_id/",
        entry(
            (caller, _, target) -> {
              if (target.isNothing()) {
                return NOT_FOUND;
              }
              boolean mayTake =
                  reachesEnvironment(caller, target.isSecond() ? REACHABLE : target)
                      && caller.may("Members", 'u');
              return mayTake && target.isSecond() && target != SECOND_UNREACHED
                  ? NOT_FOUND
                  : allowedIf(mayTake && !target.isSecond());
            },
            REACHABLE,
            UNREACHED,
            UNREACHED_PART,
            SECOND_UNREACHED,
            SECOND_FOREIGN,
            SECOND_DELETED,
            SECOND_RANDOM));
    routes.put(
        "/v1/end-to-end/environments/:id/rotations/",
        ofEnvironment((caller, _) -> mayRotate(caller)));
    routes.put(
        "/v1/end-to-end/environments/:id/rotations/:rotation_id/",
        entry(
            (caller, _, target) -> {
              if (target.isNothing()) {
                return NOT_FOUND;
              }
              boolean isAllowed =
                  reachesEnvironment(caller, target.isSecond() ? REACHABLE : target)
                      && mayRotate(caller);
              return isAllowed && target.isSecond() ? NOT_FOUND : allowedIf(isAllowed);
            },
            REACHABLE,
            UNREACHED,
            UNREACHED_PART,
            SECOND_UNREACHED,
            SECOND_FOREIGN,
            SECOND_DELETED,
            SECOND_RANDOM));
  }

  /** The Admin has none of the keys that it would have to replace. */
  private static boolean mayRotate(MatrixCaller caller) {
    return caller != MatrixCaller.ADMIN
        && caller.mayInApp("Environments", 'u')
        && caller.mayInApp("EncryptionMode", 'u')
        && caller.mayInApp("Secrets", 'r')
        && caller.may("Members", 'u')
        && caller.may("ServiceAccounts", 'u');
  }

  private static Entry ofEnvironment(BiPredicate<MatrixCaller, String> permitted) {
    return entry(
        (caller, method, target) ->
            target.isNothing()
                ? NOT_FOUND
                : allowedIf(reachesEnvironment(caller, target) && permitted.test(caller, method)),
        REACHABLE,
        UNREACHED,
        UNREACHED_PART);
  }

  /** Boxes are of no app, so teams have no say. */
  private static boolean mayShare(MatrixCaller caller, char action) {
    return caller.isMember() && caller.role.allowsInApp("Lockbox", action);
  }

  private static void members(Map<String, Entry> routes) {
    routes.put("/v1/members/", collection("Members"));
    routes.put(
        "/v1/members/:id/",
        entry(
            (caller, method, target) -> {
              MatrixDecision inGeneral = onOrganisation(caller, "Members", action(method), target);
              boolean isProtected =
                  target == OWNER || (target == UNREACHED && !caller.hasGlobalAccess());
              return inGeneral == ALLOWED
                  ? allowedIf(method.equals("GET") || !isProtected)
                  : inGeneral;
            },
            REACHABLE,
            UNREACHED,
            OWNER));
    routes.put(
        "/v1/members/:id/access/",
        entry(
            (caller, method, target) -> {
              MatrixDecision inGeneral = onOrganisation(caller, "Members", action(method), target);
              return inGeneral == ALLOWED
                  ? allowedIf(method.equals("GET") || target == REACHABLE)
                  : inGeneral;
            },
            REACHABLE,
            UNREACHED,
            OWNER));
    routes.put("/v1/members/invites/", collection("Members"));
    routes.put("/v1/members/invites/:id/", item("Members"));
    // Whoever has the link can become the invitee, so it is for those who may invite.
    routes.put(
        "/v1/members/invites/:id/link/",
        entry((caller, _, target) -> onOrganisation(caller, "Members", 'c', target), REACHABLE));
    routes.put("/v1/members/:id/tokens/", item("MemberPersonalAccessTokens", UNREACHED));
    routes.put(
        "/v1/members/:id/tokens/:token_id/",
        entry(
            (caller, method, target) -> {
              MatrixDecision inGeneral =
                  onOrganisation(caller, "MemberPersonalAccessTokens", action(method), target);
              return inGeneral == ALLOWED
                  ? allowedIf(target != UNREACHED || caller.hasGlobalAccess())
                  : inGeneral;
            },
            REACHABLE,
            UNREACHED,
            SECOND_UNREACHED,
            SECOND_FOREIGN,
            SECOND_DELETED,
            SECOND_RANDOM));
    routes.put(
        "/v1/members/:id/network-policies/",
        entry(
            (caller, method, target) -> {
              if (!caller.may("NetworkAccessPolicies", 'r')) {
                return FORBIDDEN;
              }
              MatrixDecision inGeneral = onOrganisation(caller, "Members", action(method), target);
              return inGeneral == ALLOWED
                  ? allowedIf(
                      method.equals("GET") || target == REACHABLE || caller.hasGlobalAccess())
                  : inGeneral;
            },
            REACHABLE,
            UNREACHED));
  }

  private static void serviceAccounts(Map<String, Entry> routes) {
    routes.put("/v1/service-accounts/", collection("ServiceAccounts"));
    Rule reading =
        (caller, _, target) ->
            !caller.may("ServiceAccounts", 'r')
                ? FORBIDDEN
                : sees(caller, target) ? ALLOWED : NOT_FOUND;
    Rule management =
        (caller, method, target) -> manages(caller, "ServiceAccounts", action(method), target);
    routes.put(
        "/v1/service-accounts/:id/",
        entry(
            (caller, method, target) ->
                (method.equals("GET") ? reading : management).decide(caller, method, target),
            REACHABLE,
            UNREACHED,
            OF_OWN_TEAM));
    routes.put(
        "/v1/service-accounts/:id/access/", entry(management, REACHABLE, UNREACHED, OF_OWN_TEAM));
    Rule tokens =
        (caller, method, target) -> {
          MatrixTarget account = target.isSecond() ? OF_OWN_TEAM : target;
          MatrixDecision managing =
              manages(caller, "ServiceAccountTokens", action(method), account);
          if (managing == ALLOWED && account == REACHABLE && !caller.hasGlobalAccess()) {
            return NOT_FOUND;
          }
          return managing == ALLOWED && target.isSecond() ? NOT_FOUND : managing;
        };
    routes.put(
        "/v1/service-accounts/:id/tokens/", entry(tokens, REACHABLE, UNREACHED, OF_OWN_TEAM));
    routes.put(
        "/v1/service-accounts/:id/tokens/:token_id/",
        entry(
            tokens,
            REACHABLE,
            UNREACHED,
            OF_OWN_TEAM,
            SECOND_UNREACHED,
            SECOND_FOREIGN,
            SECOND_DELETED,
            SECOND_RANDOM));
    routes.put(
        "/v1/service-accounts/:id/network-policies/",
        entry(
            (caller, method, target) ->
                !caller.may("NetworkAccessPolicies", 'r')
                        || !caller.may("ServiceAccounts", action(method))
                    ? FORBIDDEN
                    : sees(caller, target) ? ALLOWED : NOT_FOUND,
            REACHABLE,
            UNREACHED,
            OF_OWN_TEAM));
  }

  private static void teams(Map<String, Entry> routes) {
    routes.put("/v1/teams/", collection("Teams"));
    routes.put(
        "/v1/teams/:id/",
        entry(
            (caller, method, target) -> inTeam(caller, action(method), target, false),
            REACHABLE,
            UNREACHED));
    Rule managing = (caller, _, target) -> inTeam(caller, 'u', target, true);
    routes.put("/v1/teams/:id/members/", entry(managing, REACHABLE, UNREACHED));
    routes.put("/v1/teams/:id/access/", entry(managing, REACHABLE, UNREACHED));
    routes.put(
        "/v1/teams/:id/members/:member_id/",
        entry(
            (caller, method, target) -> {
              MatrixDecision inGeneral = managing.decide(caller, method, target);
              return inGeneral == ALLOWED && target.isSecond() ? NOT_FOUND : inGeneral;
            },
            REACHABLE,
            UNREACHED,
            SECOND_UNREACHED,
            SECOND_FOREIGN,
            SECOND_DELETED,
            SECOND_RANDOM));
  }

  private static MatrixDecision inTeam(
      MatrixCaller caller, char action, MatrixTarget target, boolean ownerMay) {
    boolean isOwn = target == REACHABLE || target.isSecond();
    if (ownerMay && isOwn && caller.ownsItsTeam()) {
      return ALLOWED;
    }
    if (!caller.may("Teams", action)) {
      return FORBIDDEN;
    }
    return target.isNothing() ? NOT_FOUND : allowedIf(isOwn || caller.hasGlobalAccess());
  }

  private static boolean sees(MatrixCaller caller, MatrixTarget target) {
    return target == REACHABLE
        || target == OF_OWN_TEAM
        || (target == UNREACHED && caller.hasGlobalAccess());
  }

  private static MatrixDecision manages(
      MatrixCaller caller, String resource, char action, MatrixTarget target) {
    if (target == OF_OWN_TEAM) {
      return allowedIf(caller.mayInTeam(resource, action));
    }
    if (!caller.may(resource, action)) {
      return FORBIDDEN;
    }
    return sees(caller, target) ? ALLOWED : NOT_FOUND;
  }

  private static boolean reachesApp(MatrixCaller caller, MatrixTarget target) {
    return target != UNREACHED || caller.hasGlobalAccess();
  }

  private static boolean reachesEnvironment(MatrixCaller caller, MatrixTarget target) {
    return target == REACHABLE || caller.hasGlobalAccess();
  }

  private static MatrixDecision onOrganisation(
      MatrixCaller caller, String resource, char action, MatrixTarget target) {
    if (!caller.may(resource, action)) {
      return FORBIDDEN;
    }
    return target.isNothing() || target.isSecond() ? NOT_FOUND : ALLOWED;
  }

  private static Entry collection(String resource) {
    return new Entry(
        List.of(NONE), (caller, method, _) -> allowedIf(caller.may(resource, action(method))));
  }

  private static Entry item(String resource, MatrixTarget... more) {
    List<MatrixTarget> targets = new ArrayList<>(List.of(more));
    targets.addFirst(REACHABLE);
    return entry(
        (caller, method, target) -> onOrganisation(caller, resource, action(method), target),
        targets.toArray(MatrixTarget[]::new));
  }

  private static Entry onlyMembers() {
    return new Entry(List.of(NONE), (caller, _, _) -> allowedIf(caller.isMember()));
  }

  private static Entry entry(Rule rule, MatrixTarget... targets) {
    List<MatrixTarget> all = new ArrayList<>(List.of(targets));
    all.addAll(NOTHING);
    return new Entry(List.copyOf(all), rule);
  }

  private static char action(String method) {
    return switch (method) {
      case "GET" -> 'r';
      case "POST" -> 'c';
      case "PUT" -> 'u';
      case "DELETE" -> 'd';
      default -> throw new IllegalArgumentException(method);
    };
  }
}
