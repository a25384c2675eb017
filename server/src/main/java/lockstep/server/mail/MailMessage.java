package lockstep.server.mail;

/** One message of plain text to one address. May hold a link that is a secret. */
public record MailMessage(String to, String subject, String text) {

  @Override
  public String toString() {
    return "MailMessage[not shown]";
  }
}
