package lockstep.server.invites;

import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.net.EmailAddress;

/** Reads the bodies of requests that invite somebody. */
final class InviteBodies {

  private InviteBodies() {}

  static Invites.NewInvite newInvite(Fields body) {
    EmailAddress email = email(body);
    String role = body.requiredText("role_id");
    return new Invites.NewInvite(email, role, body.isPresentEvenNull("apps"));
  }

  private static EmailAddress email(Fields body) {
    String text = body.requiredText("email");
    return EmailAddress.parse(text)
        .orElseThrow(
            () ->
                ApiException.badRequest(
                    "'%s' is not a valid email address."
                        .formatted(Echo.shorten(EmailAddress.normalise(text)))));
  }
}
