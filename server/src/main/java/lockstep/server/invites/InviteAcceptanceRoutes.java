package lockstep.server.invites;

import java.time.Instant;
import java.util.UUID;
import lockstep.server.access.Caller;
import lockstep.server.access.Origin;
import lockstep.server.auth.AnonymousAdmission;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/invites/:id/}: for invitees, who have no token yet. */
public final class InviteAcceptanceRoutes {

  private final AnonymousAdmission admission;
  private final InviteAcceptance acceptance;

  /** Lets invitees in by these rules. */
  public InviteAcceptanceRoutes(AnonymousAdmission admission, InviteAcceptance acceptance) {
    this.admission = admission;
    this.acceptance = acceptance;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.publicRoute("/v1/invites/:id/").get(this::get);
    router.publicRoute("/v1/invites/:id/accept/").post(this::accept);
  }

  private Reply get(Call call) {
    admission.admit(call);
    return Reply.ok(
            View.of(
                acceptance.find(call.pathParameter("id"), call.query().text("code"), origin(call))))
        .header("Cache-Control", "no-store");
  }

  private Reply accept(Call call) {
    admission.admit(call);
    Fields body = call.body();
    OpenInvite invite =
        acceptance.find(
            call.pathParameter("id"), body.value("code").flatMap(JsonValue::text), origin(call));
    acceptance.requireInvitee(invite, body.requiredText("email"), origin(call));
    Acceptance wanted = Acceptance.read(body, acceptance.now());
    return Reply.created(acceptance.accept(invite, wanted, origin(call)));
  }

  private static Origin origin(Call call) {
    return new Origin(call.clientAddress(), call.userAgent(), call.requestId());
  }

  /** An invite as its invitee sees it. The ids and the address are salts of the key ceremony. */
  private record View(
      UUID id,
      Accepted.Named organisation,
      String inviteeEmail,
      Accepted.Named role,
      Instant expiresAt) {

    static View of(OpenInvite invite) {
      return new View(
          invite.id().value(),
          new Accepted.Named(invite.organisation().value(), invite.organisationName()),
          invite.email(),
          new Accepted.Named(invite.role().value(), invite.roleName()),
          invite.expiresAt());
    }
  }
}
