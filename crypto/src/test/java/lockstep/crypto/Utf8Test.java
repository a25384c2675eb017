package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class Utf8Test {

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "é€", "\uD83D\uDD11", "a\uD83D\uDD11\uD83D\uDD11b"})
  void textIsEncoded(String text) {
    assertThat(Utf8.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\uD83D", "\uDD11", "\uDD11\uD83D", "\uD83D\uD83D\uDD11", "\uD83D\uDD11\uDD11"})
  void whatIsNoTextIsRefused(String text) {
    assertThatThrownBy(() -> Utf8.encode(text)).isInstanceOf(FormatException.class);
  }

  /** Nearly all characters are surrogates. */
  @Property
  void whatComesBackIsWhatIsAccepted(
      @ForAll @Size(max = 6)
          List<@CharRange(from = '\uD7FE', to = '\uE001') Character> characters) {
    String text = characters.stream().map(String::valueOf).collect(Collectors.joining());
    boolean isText =
        text.equals(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    if (isText) {
      assertThat(Utf8.encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    } else {
      assertThatThrownBy(() -> Utf8.encode(text)).isInstanceOf(FormatException.class);
    }
  }
}
