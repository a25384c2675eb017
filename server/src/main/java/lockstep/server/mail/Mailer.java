package lockstep.server.mail;

/** Sends messages, as well as it can: the sender is not told what became of them. */
@FunctionalInterface
public interface Mailer {

  /** Sends nothing, for servers without a mail server. */
  Mailer NONE = message -> {};

  /** Takes a message and returns at once. */
  void send(MailMessage message);
}
