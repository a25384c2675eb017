package lockstep.server.invites;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Message;
import jakarta.mail.internet.MimeMessage;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.ids.InviteId;
import lockstep.server.keys.InviteLinks;
import lockstep.server.mail.SmtpMailer;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Invites on a server that sends e-mail, to a real mail server on this machine. */
final class InviteMailTest {

  private static final long PATIENCE_MILLIS = 20_000;

  private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));

  @BeforeEach
  void startMailServer() {
    mail.start();
    mail.setUser("lockstep", "mail password");
  }

  @AfterEach
  void stopMailServer() {
    mail.stop();
  }

  @Test
  void theInviteeGetsALinkBelowThePublicAddress() throws Exception {
    try (ServerUnderTest server =
        server(
            "smtp://lockstep:mail%20password@127.0.0.1:" + mail.getSmtp().getPort(),
            Map.of("LOCKSTEP_PUBLIC_URL", "https://secrets.acme.test/base/"))) {
      String id = invite(server).is(201).id();

      assertThat(mail.waitForIncomingEmail(PATIENCE_MILLIS, 1)).isTrue();
      MimeMessage message = mail.getReceivedMessages()[0];
      assertThat(message.getRecipients(Message.RecipientType.TO)[0].toString())
          .isEqualTo("nadia@acme.test");
      assertThat(message.getFrom()[0].toString()).isEqualTo("Lockstep <noreply@acme.test>");
      assertThat(message.getContent().toString())
          .contains("https://secrets.acme.test/base/invite/" + id + "/" + code(id) + "\r\n");
      assertThat(message.getSubject()).contains("Lockstep");
    }
  }

  @Test
  void withoutAPublicAddressTheLinkIsBelowTheOneOfTheRequest() throws Exception {
    try (ServerUnderTest server =
        server("smtp://lockstep:mail%20password@127.0.0.1:" + mail.getSmtp().getPort(), Map.of())) {
      String id = invite(server).is(201).id();

      assertThat(mail.waitForIncomingEmail(PATIENCE_MILLIS, 1)).isTrue();
      assertThat(mail.getReceivedMessages()[0].getContent().toString())
          .contains(
              "http://127.0.0.1:" + server.uri().getPort() + "/invite/" + id + "/" + code(id));
    }
  }

  @Test
  void aMailServerThatCannotBeReachedFailsNothingAndIsLoggedWithoutAddresses() throws Exception {
    int closedPort;
    try (ServerSocket socket = new ServerSocket(0)) {
      closedPort = socket.getLocalPort();
    }
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(SmtpMailer.class);
    log.start();
    logger.addAppender(log);
    try (ServerUnderTest server = server("smtp://127.0.0.1:" + closedPort, Map.of())) {
      invite(server).is(201);
    } finally {
      logger.detachAppender(log);
    }

    // Closing the server waited for the attempt.
    assertThat(log.list).hasSize(1);
    assertThat(log.list.getFirst().getFormattedMessage())
        .isEqualTo("an e-mail was not sent: ConnectException");
    assertThat(log.list.getFirst().getThrowableProxy()).isNull();
  }

  @Test
  void aMailServerThatRefusesThePasswordFailsNothing() {
    try (ServerUnderTest server =
        server("smtp://lockstep:wrong@127.0.0.1:" + mail.getSmtp().getPort(), Map.of())) {
      invite(server).is(201);
    }
    assertThat(mail.getReceivedMessages()).isEmpty();
  }

  private static String code(String id) {
    return InviteLinks.code(
        ServerKey.parse(ServerUnderTest.SERVER_SECRET), InviteId.parse(id).orElseThrow());
  }

  private static ServerUnderTest server(String smtpUrl, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("LOCKSTEP_SMTP_URL", smtpUrl);
    settings.put("LOCKSTEP_MAIL_FROM", "Lockstep <noreply@acme.test>");
    return ServerUnderTest.start(Backend.SQLITE, settings);
  }

  private static TestResponse invite(ServerUnderTest server) {
    TestOrganisation organisation = TestOrganisation.create(server);
    UUID role = organisation.role(DefaultRole.DEVELOPER);
    return organisation
        .owner()
        .post(
            "/v1/members/invites/", Map.of("email", "nadia@acme.test", "role_id", role.toString()));
  }
}
