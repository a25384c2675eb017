package lockstep.cli.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PrintableTest {

  @Test
  void whatSteersATerminalIsReplaced() {
    assertThat(Printable.of("a\u001b[2Jb\r\nc\u007f\u009b1m\u202e"))
        .isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFD\uFFFD1m\uFFFD");
  }

  @Test
  void otherTextStays() {
    assertThat(Printable.of("Größe: 5 µm, 日本 👩‍🔧")).isEqualTo("Größe: 5 µm, 日本 👩‍🔧");
  }
}
