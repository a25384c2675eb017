package lockstep.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MailConfigurationTest {

  private static final String URL = "smtp://user:secret@mail.test:2525";

  @Test
  void noEMailIsSentByDefault() {
    assertThat(read(Map.of()).mail()).isEmpty();
    assertThat(read(Map.of()).publicUrl()).isEmpty();
  }

  @Test
  void theMailServerCanStandInAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("smtp-url");
    Files.writeString(file, URL + "\n");

    ServerConfiguration.Mail mail =
        read(Map.of(
                "LOCKSTEP_SMTP_URL_FILE",
                file.toString(),
                "LOCKSTEP_MAIL_FROM",
                "Lockstep <noreply@acme.test>"))
            .mail()
            .orElseThrow();

    assertThat(mail.smtp().port()).isEqualTo(2525);
    assertThat(mail.from()).isEqualTo("Lockstep <noreply@acme.test>");
    assertThat(mail.toString()).doesNotContain("secret");
  }

  @Test
  void theServerAndTheSenderNeedEachOther() {
    String problem = "LOCKSTEP_SMTP_URL and LOCKSTEP_MAIL_FROM are both needed to send e-mail";

    assertThatThrownBy(() -> read(Map.of("LOCKSTEP_SMTP_URL", URL))).hasMessage(problem);
    assertThatThrownBy(() -> read(Map.of("LOCKSTEP_MAIL_FROM", "a@b.cd"))).hasMessage(problem);
  }

  @Test
  void whatIsWrongIsToldWithoutTheSecret() {
    assertThatThrownBy(
            () ->
                read(
                    Map.of(
                        "LOCKSTEP_SMTP_URL", "ftp://user:secret@mail.test",
                        "LOCKSTEP_MAIL_FROM", "nobody")))
        .hasMessageContaining("LOCKSTEP_SMTP_URL: must be of the form")
        .hasMessageContaining("LOCKSTEP_MAIL_FROM: must be an e-mail address")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("both");
  }

  @Test
  void thePublicAddressIsAWebAddress() {
    assertThat(read(Map.of("LOCKSTEP_PUBLIC_URL", "https://secrets.acme.test/x")).publicUrl())
        .hasValue(URI.create("https://secrets.acme.test/x"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets.acme.test",
        "ftp://a.test",
        "https://u:p@a.test",
        "https://a.test/?q",
        "https://a.test/#f",
        "https://a b.test"
      })
  void nothingElseIsAPublicAddress(String text) {
    assertThatThrownBy(() -> read(Map.of("LOCKSTEP_PUBLIC_URL", text)))
        .hasMessage("LOCKSTEP_PUBLIC_URL: must be of the form https://host[:port][/path]");
  }

  private static ServerConfiguration read(Map<String, String> environment) {
    return ServerConfiguration.read(Map.of(), environment);
  }
}
