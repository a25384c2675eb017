package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class UnsentAnswersTest {

  private static final int SIZE = UnsentAnswers.SMALL_BYTES;

  private final UnsentAnswers unsent = new UnsentAnswers(4L * SIZE);
  private final List<String> cut = new ArrayList<>();

  private UnsentAnswers.Answer lingering(Object account, String name, byte[] content) {
    UnsentAnswers.Answer answer = unsent.answer(account, content, () -> cut.add(name));
    answer.linger();
    return answer;
  }

  private UnsentAnswers.Answer lingering(Object account, String name) {
    return lingering(account, name, new byte[SIZE]);
  }

  @Test
  void nothingIsCutAsLongAsAllFit() {
    for (int i = 0; i < 4; i++) {
      lingering("a", "a" + i);
    }
    assertThat(cut).isEmpty();
    assertThat(unsent.bytes()).isEqualTo(4L * SIZE);
  }

  @Test
  void oneByteTooManyCutsTheOldestOfTheAccountThatHoldsMost() {
    lingering("other", "other");
    lingering("a", "a0");
    lingering("a", "a1");
    lingering("a", "a2", new byte[SIZE + 1]);

    assertThat(cut).containsExactly("a0");
    assertThat(unsent.bytes()).isEqualTo(3L * SIZE + 1);
  }

  @Test
  void whoHoldsLittleIsSparedHoweverLongItTakes() {
    lingering("patient", "patient");
    for (int i = 0; i < 100; i++) {
      lingering("greedy", "greedy" + i);
    }
    assertThat(cut).hasSize(97).doesNotContain("patient").startsWith("greedy0", "greedy1");
  }

  /** To cut one of those who share an answer would free nothing. */
  @Test
  void whoSharesAnAnswerHoldsAPartOfIt() {
    byte[] shared = new byte[2 * SIZE];
    for (int i = 0; i < 10; i++) {
      lingering("reader" + i, "shared" + i, shared);
    }
    lingering("greedy", "greedy0");
    lingering("greedy", "greedy1");
    lingering("greedy", "greedy2");

    assertThat(cut).containsExactly("greedy0");
  }

  @Test
  void aConnectionThatCannotBeCutKeepsNoOtherFromIt() {
    for (String name : List.of("a", "b")) {
      unsent
          .answer(
              name,
              new byte[2 * SIZE],
              () -> {
                cut.add(name);
                throw new IllegalStateException("on purpose");
              })
          .linger();
    }
    lingering("c", "c", new byte[4 * SIZE]);

    assertThat(cut).containsExactly("a", "b");
  }

  @Test
  void oneAloneMayBeLargerThanAllTogether() {
    lingering("a", "small");
    lingering("a", "large", new byte[10 * SIZE]);
    assertThat(cut).containsExactly("small");
    lingering("b", "next");
    assertThat(cut).containsExactly("small", "large");
    assertThat(unsent.bytes()).isEqualTo(SIZE);
  }

  @Test
  void whatManyShareCountsOnce() {
    byte[] shared = new byte[3 * SIZE];
    List<UnsentAnswers.Answer> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(lingering("account " + i % 5, "shared" + i, shared));
    }
    assertThat(cut).isEmpty();
    assertThat(unsent.bytes()).isEqualTo(3L * SIZE);
    answers.removeLast().end();
    assertThat(unsent.bytes()).isEqualTo(3L * SIZE);
    answers.forEach(UnsentAnswers.Answer::end);
    assertThat(unsent.bytes()).isZero();
  }

  @Test
  void whatWasTakenAtOnceOrIsSmallDoesNotCount() {
    UnsentAnswers.Answer taken = unsent.answer("a", new byte[SIZE], () -> cut.add("taken"));
    taken.end();
    taken.linger();
    lingering("a", "small", new byte[SIZE - 1]);
    assertThat(unsent.bytes()).isZero();
  }

  @Test
  void endingTwiceOrAfterTheCutHasNoEffect() {
    UnsentAnswers.Answer first = lingering("a", "first", new byte[3 * SIZE]);
    UnsentAnswers.Answer second = lingering("a", "second", new byte[3 * SIZE]);
    assertThat(cut).containsExactly("first");
    first.end();
    assertThat(unsent.bytes()).isEqualTo(3L * SIZE);
    second.end();
    second.end();
    assertThat(unsent.bytes()).isZero();
  }

  @Test
  void manyThreadsLeaveNothingBehind() {
    AtomicInteger cuts = new AtomicInteger();
    byte[] shared = new byte[SIZE];
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 2_000; i++) {
        Object account = i % 7;
        byte[] content = i % 2 == 0 ? shared : new byte[SIZE];
        UnsentAnswers.Answer answer = unsent.answer(account, content, cuts::incrementAndGet);
        threads.execute(answer::linger);
        threads.execute(answer::end);
      }
    }
    assertThat(unsent.bytes()).isZero();
  }
}
