package lockstep.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunksTest {

  @Test
  void nothingHasNoChunks() {
    assertThat(Chunks.of(List.of())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 399, 400, 401, 800, 1_234})
  void chunksAreBoundedAndHoldEverythingInOrder(int count) {
    List<Integer> values = IntStream.range(0, count).boxed().toList();

    List<List<Integer>> chunks = Chunks.of(values);

    assertThat(chunks).allSatisfy(chunk -> assertThat(chunk).hasSizeBetween(1, 400));
    assertThat(chunks.stream().flatMap(List::stream)).containsExactlyElementsOf(values);
  }
}
