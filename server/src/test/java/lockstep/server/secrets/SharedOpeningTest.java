package lockstep.server.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SharedOpeningTest {

  private static final byte[] CONTENT = {1, 2, 3};

  private final AtomicInteger opened = new AtomicInteger();
  private final SharedOpening sharing =
      new SharedOpening(
          () -> {
            opened.incrementAndGet();
            return CONTENT.clone();
          },
          CONTENT.length);

  @Test
  void thoseWhoOverlapShareOneOpeningAndTheLastOneErasesIt() {
    Opened first = sharing.open();
    Opened second = sharing.open();
    byte[] bytes = first.bytes();
    assertThat(second.bytes()).isSameAs(bytes);
    assertThat(opened).hasValue(1);

    first.close();
    first.close(); // Has no effect on the other one.
    assertThat(bytes).isEqualTo(CONTENT);
    second.close();
    assertThat(bytes).containsOnly(0);
  }

  @Test
  void whatWasErasedIsOpenedAnew() {
    sharing.open().close();
    try (Opened again = sharing.open()) {
      assertThat(again.bytes()).isEqualTo(CONTENT);
    }
    assertThat(opened).hasValue(2);
  }

  @Test
  void anOpeningThatFailsLeavesNothingOpen() {
    AtomicInteger attempts = new AtomicInteger();
    SharedOpening failing =
        new SharedOpening(
            () -> {
              if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("on purpose");
              }
              return CONTENT.clone();
            },
            CONTENT.length);
    assertThatThrownBy(failing::open).hasMessage("on purpose");
    Opened second = failing.open();
    byte[] bytes = second.bytes();
    second.close();
    assertThat(bytes).containsOnly(0);
  }

  @Test
  void nobodyEverSeesErasedContent() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        all.add(
            threads.submit(
                () -> {
                  for (int round = 0; round < 20_000; round++) {
                    try (Opened one = sharing.open()) {
                      assertThat(one.bytes()).isEqualTo(CONTENT);
                    }
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }
}
