package lockstep.server.lockbox;

import java.util.Map;
import java.util.Optional;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.Origin;
import lockstep.server.auth.AnonymousAdmission;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.ids.LockboxId;
import lockstep.server.lockbox.LockboxOpening.Outcome;

/** {@code /v1/lockbox/} for members who share, {@code /lockbox/:id} for whoever has a link. */
public final class LockboxRoutes {

  private final Access access;
  private final AnonymousAdmission admission;
  private final Lockboxes lockboxes;
  private final LockboxOpening opening;

  /** Serves these shared texts, to strangers by these rules. */
  public LockboxRoutes(
      Access access, AnonymousAdmission admission, Lockboxes lockboxes, LockboxOpening opening) {
    this.access = access;
    this.admission = admission;
    this.lockboxes = lockboxes;
    this.opening = opening;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/lockbox/", lockstep.server.http.Access.ACCOUNT)
        .get(this::list)
        .post(this::create);
    router.route("/v1/lockbox/:id/", lockstep.server.http.Access.ACCOUNT).delete(this::delete);
    router.publicRoute("/lockbox/:id/").get(this::look).post(this::open);
  }

  private Reply list(Call call, Caller caller) {
    return Reply.ok(Map.of("data", lockboxes.list(access.lockbox(caller, Action.READ))));
  }

  private Reply create(Call call, Caller caller) {
    return Reply.created(lockboxes.create(access.lockbox(caller, Action.CREATE), call.body()));
  }

  private Reply delete(Call call, Caller caller) {
    lockboxes.delete(access.lockbox(caller, Action.DELETE), call.pathParameter("id"));
    return Reply.noContent();
  }

  private Reply look(Call call) {
    admission.admit(call);
    return reply(opening.look(box(call), origin(call)));
  }

  /** Takes no notice of the body: browsers send none and call it JSON. */
  private Reply open(Call call) {
    admission.admit(call);
    return reply(opening.open(box(call), origin(call)));
  }

  private static Origin origin(Call call) {
    return new Origin(call.clientAddress(), call.userAgent(), call.requestId());
  }

  private static Optional<LockboxId> box(Call call) {
    return LockboxId.parse(call.pathParameter("id"));
  }

  private static Reply reply(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Unknown() -> Reply.empty(404);
      case Outcome.UsedUp() -> Reply.empty(403);
      case Outcome.Known(Lockbox box) -> Reply.ok(box);
      case Outcome.Opened(OpenedLockbox box) -> Reply.ok(box);
    };
  }
}
