package lockstep.server.access;

import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.ids.EnvironmentId;
import org.jooq.DSLContext;

/**
 * Decides who gets at the stored secrets of an environment. Other than for the REST API, holding a
 * key of the environment is what counts, for members with global access too: without it nobody
 * could read or write anything here. Clients of this protocol take problems with the environment
 * for problems with their token, hence the 401s.
 */
final class CiphertextDecisions {

  private CiphertextDecisions() {}

  /** The environment that the client named, by id or else by app and name, if it holds a key. */
  static ReachStore.Environment environment(
      DSLContext db,
      Caller caller,
      Optional<String> environmentId,
      Optional<String> appId,
      Optional<String> name) {
    ReachStore.Environment environment =
        environmentId.isPresent()
            ? ofId(db, caller, environmentId.get())
            : ofName(db, caller, appId, name);
    if (!ReachStore.hasKey(db, caller.organisation(), caller.account(), environment.id())) {
      String refusal = caller.kind().title() + " cannot access this environment";
      throw caller.isMember()
          ? ApiException.forbidden(refusal)
          : ApiException.unauthorized(refusal);
    }
    return environment;
  }

  private static ReachStore.Environment ofId(DSLContext db, Caller caller, String id) {
    return EnvironmentId.parse(id)
        .flatMap(known -> ReachStore.environment(db, caller.organisation(), known))
        .orElseThrow(() -> ApiException.unauthorized("Environment not found"));
  }

  private static ReachStore.Environment ofName(
      DSLContext db, Caller caller, Optional<String> appId, Optional<String> name) {
    if (appId.isEmpty() || name.isEmpty()) {
      throw caller.kind() == AccountKind.SERVICE_TOKEN
          ? ApiException.unauthorized("Service tokens require an environment context")
          : ApiException.forbidden(
              "Environment context required. Supply app_id and env as query parameters.");
    }
    ReachStore.App app = Access.findApp(db, caller, appId.get());
    return Access.environmentOf(db, caller, app, appId.get(), name.get());
  }
}
