package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class MemorySealTest {

  private static final byte[] CONTENT = "something to hide".getBytes(StandardCharsets.UTF_8);

  @Test
  void opensWhatItSealed() {
    assertThat(MemorySeal.open(MemorySeal.seal(CONTENT))).isEqualTo(CONTENT);
    assertThat(MemorySeal.open(MemorySeal.seal(new byte[0]))).isEmpty();
  }

  @Test
  void opensIntoALargerArray() {
    byte[] target = new byte[CONTENT.length + 3];
    byte[] kept = MemorySeal.seal(CONTENT);

    MemorySeal.openInto(kept, target, 2);

    assertThat(MemorySeal.contentBytes(kept)).isEqualTo(CONTENT.length);
    assertThat(target).startsWith(0, 0).endsWith(0);
    assertThat(new String(target, 2, CONTENT.length, StandardCharsets.UTF_8))
        .isEqualTo("something to hide");
  }

  @Test
  void sealedContentShowsNothingAndIsNeverTheSame() {
    byte[] kept = MemorySeal.seal(CONTENT);

    assertThat(kept).hasSize(CONTENT.length + MemorySeal.OVERHEAD_BYTES);
    assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain("hide");
    assertThat(MemorySeal.seal(CONTENT)).isNotEqualTo(kept);
  }

  @Test
  void everyChangedBitIsNoticed() {
    byte[] kept = MemorySeal.seal(CONTENT);
    for (int bit = 0; bit < kept.length * 8; bit++) {
      byte[] changed = kept.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> MemorySeal.open(changed)).isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void marksOfNamesAreTheDigestersOwn() {
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      KeyDigester digester = keys.keyDigester();
      byte[] mark = digester.mark("DATABASE_URL");

      assertThat(digester.mark("DATABASE_URL")).isEqualTo(mark).hasSize(32);
      assertThat(digester.mark("DATABASE_URI")).isNotEqualTo(mark);
      // Or who may make secrets could find out what others call theirs.
      assertThat(keys.keyDigester().mark("DATABASE_URL")).isNotEqualTo(mark);
      // What encoders put in the place of what is no text must not be taken for it.
      assertThatThrownBy(() -> digester.mark("DATABASE_\uD800"))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void digestsAreThoseOfTheEnvironmentAfterItsKeysAreClosed() {
    KeyDigester digester;
    String expected;
    try (EnvironmentKeys keys = EnvironmentKeys.generate()) {
      digester = keys.keyDigester();
      expected = keys.keyDigest("DATABASE_URL");
    }

    assertThat(digester.digest("DATABASE_URL")).isEqualTo(expected);
    assertThat(digester.digest("DATABASE_URI")).isNotEqualTo(expected);
    assertThat(digester).hasToString("KeyDigester[salt hidden]");
  }
}
