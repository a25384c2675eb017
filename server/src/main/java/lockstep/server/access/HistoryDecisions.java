package lockstep.server.access;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import lockstep.server.http.ApiException;
import org.jooq.DSLContext;

/**
 * Who reaches the history of secrets. In apps that the server can open, who reaches the secrets. In
 * others, who has a key, since the rest could only damage what they cannot read.
 */
final class HistoryDecisions {

  private HistoryDecisions() {}

  /** Of the environment with this name, as secrets are addressed. */
  static HistoryAccess ofName(
      DSLContext db, Caller caller, Optional<String> appId, Optional<String> name) {
    return of(db, caller, Access.environmentNamed(db, caller, appId, name));
  }

  /** Of the environment with this id. */
  static HistoryAccess ofId(DSLContext db, Caller caller, String id) {
    return of(db, caller, Access.findEnvironment(db, caller, id, Optional.empty()));
  }

  private static HistoryAccess of(
      DSLContext db, Caller caller, ReachStore.Environment environment) {
    boolean reaches =
        environment.sseEnabled()
            ? Access.reaches(db, caller, environment.id())
            : ReachStore.hasKey(db, caller.organisation(), caller.account(), environment.id());
    if (!reaches) {
      throw ApiException.forbidden(caller.kind().title() + " cannot access this environment");
    }
    Permissions permissions =
        new Permissions(caller.role(), ReachStore.teamRoles(db, caller, environment.app()));
    Set<Action> permitted = EnumSet.noneOf(Action.class);
    for (Action action : Action.values()) {
      if (permissions.allows(AppResource.SECRETS, action)) {
        permitted.add(action);
      }
    }
    return new HistoryAccess(
        caller, environment.app(), environment.id(), environment.sseEnabled(), permitted);
  }
}
