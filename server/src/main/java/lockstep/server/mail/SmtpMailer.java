package lockstep.server.mail;

import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends through a mail server, one connection per message, behind the caller's back. A message that
 * cannot be sent is given up: the log says why, without addresses and text.
 *
 * <p>At most {@link #MAXIMUM_PENDING} messages wait or are being sent; more are dropped, so that a
 * mail server that hangs costs some memory and no more.
 */
public final class SmtpMailer implements Mailer, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SmtpMailer.class);

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ENGLISH);
  private static final int MAXIMUM_PENDING = 1_000;
  private static final int MAXIMUM_CONNECTIONS = 4;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final Session session;
  private final InternetAddress from;
  private final Semaphore pending = new Semaphore(MAXIMUM_PENDING);
  private final Semaphore connections = new Semaphore(MAXIMUM_CONNECTIONS);
  private final ExecutorService senders =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mail-", 0).factory());

  /**
   * Sends by these settings.
   *
   * @param from the sender's address, as {@link #checkSender} accepts it
   */
  public SmtpMailer(SmtpSettings settings, String from) {
    this.session = session(settings);
    this.from = address(from);
  }

  /**
   * The text itself, if it is an address that messages can be from: {@code name@host} or {@code
   * Somebody <name@host>}.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static String checkSender(String text) {
    return address(text).toString();
  }

  private static InternetAddress address(String text) {
    try {
      return new InternetAddress(text, true);
    } catch (AddressException e) {
      throw new IllegalArgumentException(
          "must be an e-mail address, with or without a name before it", e);
    }
  }

  private static Session session(SmtpSettings settings) {
    boolean tls = settings.security() == SmtpSettings.Security.TLS;
    boolean startTls = settings.security() == SmtpSettings.Security.STARTTLS;
    String timeout = Long.toString(TIMEOUT.toMillis());
    Properties properties = new Properties();
    properties.setProperty("mail.transport.protocol", "smtp");
    properties.setProperty("mail.smtp.host", settings.host());
    properties.setProperty("mail.smtp.port", Integer.toString(settings.port()));
    properties.setProperty("mail.smtp.ssl.enable", Boolean.toString(tls));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(startTls));
    properties.setProperty("mail.smtp.starttls.required", Boolean.toString(startTls));
    properties.setProperty("mail.smtp.connectiontimeout", timeout);
    properties.setProperty("mail.smtp.timeout", timeout);
    properties.setProperty("mail.smtp.writetimeout", timeout);
    properties.setProperty("mail.smtp.auth", Boolean.toString(settings.user().isPresent()));
    return Session.getInstance(properties, authenticator(settings));
  }

  private static @Nullable Authenticator authenticator(SmtpSettings settings) {
    if (settings.user().isEmpty()) {
      return null;
    }
    PasswordAuthentication credentials =
        new PasswordAuthentication(settings.user().get(), settings.password().orElse(""));
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return credentials;
      }
    };
  }

  @Override
  public void send(MailMessage message) {
    if (!pending.tryAcquire()) {
      LOG.warn("an e-mail was not sent: too many are waiting");
      return;
    }
    senders.execute(
        () -> {
          try {
            connections.acquire();
            try {
              transmit(message);
            } finally {
              connections.release();
            }
          } catch (InterruptedException e) {
            LOG.warn("an e-mail was not sent: the server stops");
          } finally {
            pending.release();
          }
        });
  }

  private void transmit(MailMessage message) {
    try {
      MimeMessage mime = new MimeMessage(session);
      mime.setFrom(from);
      mime.setRecipient(Message.RecipientType.TO, new InternetAddress(message.to(), true));
      mime.setSubject(message.subject(), StandardCharsets.UTF_8.name());
      mime.setText(message.text(), StandardCharsets.UTF_8.name());
      mime.setHeader("Auto-Submitted", "auto-generated");
      mime.setHeader("Date", DATE.format(ZonedDateTime.now(ZoneOffset.UTC)));
      Transport.send(mime);
    } catch (MessagingException | RuntimeException e) {
      // Its message may quote addresses, and what the mail server answered.
      LOG.warn("an e-mail was not sent: {}", cause(e).getClass().getSimpleName());
    }
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Waits some seconds for messages on their way. */
  @Override
  public void close() {
    senders.shutdown();
    try {
      if (!senders.awaitTermination(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
        senders.shutdownNow();
      }
    } catch (InterruptedException e) {
      senders.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
