package lockstep.server.ids;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UuidsTest {

  private static final Instant TIME = Instant.parse("2026-02-03T04:05:06.070809Z");

  @Property
  void readsTheCanonicalFormInAnyLetterCase(@ForAll long high, @ForAll long low) {
    UUID uuid = new UUID(high, low);

    assertThat(Uuids.parse(uuid.toString())).contains(uuid);
    assertThat(Uuids.parse(uuid.toString().toUpperCase(Locale.ROOT))).contains(uuid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "1-1-1-1-1",
        "7a6d2b0e90c14d7b8f4e3a9b5c1d2e3f",
        "7a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3",
        "7a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3ff",
        "7a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3g",
        "7a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e-3",
        "7a6d2b0-e90c1-4d7b-8f4e-3a9b5c1d2e3f",
        "7a6d2b0e-90c14-d7b-8f4e-3a9b5c1d2e3f",
        "7a6d2b0e-90c1-4d7b8-f4e-3a9b5c1d2e3f",
        "7a6d2b0e-90c1-4d7b-8f4e3-a9b5c1d2e3f",
        "7a6d2b0e090c1-4d7b-8f4e-3a9b5c1d2e3f",
        "7a6d2b0e-90c104d7b-8f4e-3a9b5c1d2e3f",
        "7a6d2b0e-90c1-4d7b_8f4e-3a9b5c1d2e3f",
        "7a6d2b0e-90c1-4d7b-8f4e 3a9b5c1d2e3f",
        "+a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3f",
        "٣a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3f",
        " a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e3f",
        "{7a6d2b0e-90c1-4d7b-8f4e-3a9b5c1d2e}",
      })
  void refusesAnyOtherText(String text) {
    assertThat(Uuids.parse(text)).isEmpty();
  }

  @Test
  void timeOrderedIdsHoldTheirTimeVersionAndVariant() {
    UUID id = Uuids.v7(TIME, new Random(1));

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(TIME.toEpochMilli());
    assertThat(id.getMostSignificantBits() & 0xfff).isEqualTo(809_000L * 4096 / 1_000_000);
  }

  @Test
  void timeOrderedIdsOfOneTimeDiffer() {
    assertThat(Uuids.v7(TIME)).isNotEqualTo(Uuids.v7(TIME));
    assertThat(Uuids.v7(TIME, new Random(1))).isEqualTo(Uuids.v7(TIME, new Random(1)));
  }

  @Property
  void laterIdsSortAfterEarlierOnes(
      @ForAll @LongRange(min = 0, max = 4_000_000_000_000_000L) long micros,
      @ForAll @LongRange(min = 1, max = 10_000_000L) long laterMicros,
      @ForAll long seed) {
    Random random = new Random(seed);
    UUID earlier = Uuids.v7(ofMicros(micros), random);
    UUID later = Uuids.v7(ofMicros(micros + laterMicros), random);

    assertThat(earlier.toString()).isLessThan(later.toString());
  }

  @Test
  void timesThatDoNotFitAreRefused() {
    Instant last = Instant.ofEpochMilli((1L << 48) - 1);

    assertThat(Uuids.v7(last, new Random(1)).getMostSignificantBits() >>> 16)
        .isEqualTo(last.toEpochMilli());
    assertThat(Uuids.v7(Instant.EPOCH, new Random(1)).version()).isEqualTo(7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Uuids.v7(last.plusMillis(1), new Random(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Uuids.v7(Instant.EPOCH.minusMillis(1), new Random(1)));
  }

  private static Instant ofMicros(long micros) {
    return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
  }
}
