package lockstep.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SmtpSettingsTest {

  @Test
  void readsAllParts() {
    SmtpSettings settings = SmtpSettings.parse("smtp://us%40er:p%3Aa+ss@mail.test:2525");

    assertThat(settings.host()).isEqualTo("mail.test");
    assertThat(settings.port()).isEqualTo(2525);
    assertThat(settings.security()).isEqualTo(SmtpSettings.Security.NONE);
    assertThat(settings.user()).isEqualTo(Optional.of("us@er"));
    assertThat(settings.password()).isEqualTo(Optional.of("p:a+ss"));
  }

  @Test
  void theUsualPortDependsOnTheSecurity() {
    assertThat(SmtpSettings.parse("smtp://mail.test").port()).isEqualTo(25);
    assertThat(SmtpSettings.parse("smtps://mail.test").port()).isEqualTo(465);
    SmtpSettings startTls = SmtpSettings.parse("smtp://mail.test/?starttls=true");
    assertThat(startTls.port()).isEqualTo(587);
    assertThat(startTls.security()).isEqualTo(SmtpSettings.Security.STARTTLS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mail.test",
        "http://u:secret@mail.test",
        "smtp://",
        "smtp://secret@mail.test",
        "smtp://u:secret@mail.test/path",
        "smtp://u:secret@mail.test?starttls=maybe",
        "smtps://u:secret@mail.test?starttls=true",
        "smtp://u:secret @mail.test"
      })
  void refusesOtherFormsWithoutRepeatingThem(String text) {
    assertThatThrownBy(() -> SmtpSettings.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be of the form")
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void doesNotShowThePassword() {
    assertThat(SmtpSettings.parse("smtp://user:secret@mail.test").toString())
        .doesNotContain("user", "secret");
  }
}
