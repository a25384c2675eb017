package lockstep.server.invites;

import java.time.ZoneOffset;
import lockstep.server.mail.MailMessage;
import lockstep.server.mail.Mailer;

/** Writes the e-mail that tells people of their invite. */
final class InviteMail {

  private final Mailer mailer;

  InviteMail(Mailer mailer) {
    this.mailer = mailer;
  }

  /** Sends it, as well as it can. */
  void send(Invite invite, String organisation, String sender, InviteLink link) {
    String organisationLine = oneLine(organisation);
    String text =
        """
        %s invites you to the organisation %s on Lockstep.

        Accept the invite here:

        %s

        The link works once, until %s (UTC), and only for this e-mail address. Whoever has it can
        accept the invite: do not pass it on. If you did not expect this message, ignore it.
        """
            .formatted(
                oneLine(sender),
                organisationLine,
                link.link(),
                invite.expiresAt().atOffset(ZoneOffset.UTC).toLocalDate());
    mailer.send(
        new MailMessage(
            invite.inviteeEmail(), "Invite to " + organisationLine + " on Lockstep", text));
  }

  /** Names are anybody's text: they must not look like lines of ours. */
  private static String oneLine(String name) {
    return name.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]+", " ").strip();
  }
}
