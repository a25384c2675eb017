package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What clients read does not depend on where the server stands. */
@Isolated("changes the locale of the whole process")
final class LocaleTest {

  private final Locale before = Locale.getDefault();

  @BeforeEach
  void useDigitsThatAreNotAscii() {
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    assertThat("%d".formatted(64)).isEqualTo("\u0666\u0664");
  }

  @AfterEach
  void restore() {
    Locale.setDefault(before);
  }

  @Test
  void limitsAreWrittenInAsciiDigits() {
    Fields fields = Json.parse("{\"name\":\"abcd\"}".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> fields.cleanedText("name", 3))
        .hasMessage("'name' cannot exceed 3 characters.");
  }

  @Test
  void waitingTimesAreWrittenInAsciiDigits() {
    ApiException throttled = ApiException.tooManyRequests(27);

    assertThat(throttled.message())
        .isEqualTo("Request was throttled. Expected available in 27 seconds.");
    assertThat(throttled.headers()).containsEntry("Retry-After", "27");
    assertThat(ApiException.tooManyRequests(1).message())
        .isEqualTo("Request was throttled. Expected available in 1 second.");
  }
}
