package lockstep.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import lockstep.server.http.Json;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.constraints.WithNull;
import org.jspecify.annotations.Nullable;

final class RecordEncodingTest {

  /** An event has the digest of the columns that are stored of it, by which it is verified. */
  @Property
  void anEventHasTheDigestOfItsColumns(
      @ForAll @Size(8) List<@StringLength(max = 1_000) String> texts,
      @ForAll @Size(6) List<Long> ids,
      @ForAll @WithNull Long resource,
      @ForAll @WithNull @StringLength(max = 200) String address,
      @ForAll @LongRange(min = -1_000_000_000_000L, max = 4_000_000_000_000_000L) long micros) {
    requireSameDigest(event(texts, ids, resource, address, micros));
  }

  /** Of these, most columns are shorter than what is digested at a time. */
  @Property
  void shortColumnsAreDigestedInTheirOrder(
      @ForAll @Size(8) List<@StringLength(max = 140) @CharRange(from = ' ', to = '~') String> texts,
      @ForAll @Size(6) List<Long> ids,
      @ForAll @WithNull Long resource,
      @ForAll @LongRange(min = 0, max = 4_000_000_000_000_000L) long micros) {
    requireSameDigest(event(texts, ids, resource, texts.getFirst(), micros));
  }

  @Example
  void textsOfAllLengthsAreEncodedAlike() {
    for (int length = 0; length < 1_500; length++) {
      String text = "a".repeat(length);
      List<Long> ids = List.of(1L, 2L, -3L, 4L, Long.MIN_VALUE, Long.MAX_VALUE);
      requireSameDigest(event(Collections.nCopies(8, text), ids, 7L, text, 1));
      requireSameDigest(event(List.of("", "", "", "", "", "", "", text), ids, null, "é", 0));
      requireSameDigest(event(List.of(text, "", "", "", "", "", "", "€"), ids, null, text, -1));
    }
  }

  private static EventContent event(
      List<String> texts,
      List<Long> ids,
      @Nullable Long resource,
      @Nullable String address,
      long micros) {
    @Nullable UUID id = resource == null ? null : new UUID(resource, resource);
    return new EventContent(
        new EventContent.Shared(
            new UUID(ids.get(0), ids.get(1)),
            texts.get(0),
            texts.get(1),
            id,
            id,
            texts.get(2),
            new UUID(ids.get(2), ids.get(3)),
            texts.get(3),
            id,
            texts.get(4),
            texts.get(5),
            new Json.Written(texts.get(6))),
        new UUID(ids.get(4), ids.get(5)),
        Instant.EPOCH.plus(micros, ChronoUnit.MICROS).plusNanos(Math.floorMod(micros, 1_000)),
        address,
        texts.get(7));
  }

  private static void requireSameDigest(EventContent event) {
    byte[][] columns = event.columns().stream().map(RecordEncoding::bytes).toArray(byte[][]::new);
    assertThat(RecordEncoding.digest(event)).isEqualTo(RecordEncoding.digest(columns));
  }
}
