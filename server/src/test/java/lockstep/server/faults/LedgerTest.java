package lockstep.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lockstep.server.faults.Ledger.Comparison;
import lockstep.server.faults.Ledger.Part;
import org.junit.jupiter.api.Test;

/** What the tests of faults stand on can fail. */
final class LedgerTest {

  private final Ledger ledger = new Ledger();

  private static List<Part> parts(String batch, String state, int... indexes) {
    return IntStream.of(indexes)
        .mapToObj(index -> new Part(batch, index, "id-" + batch + index, state))
        .toList();
  }

  private void created(String batch, int size, String state) {
    ledger.creating(batch, size, state);
    ledger.acknowledged(batch);
  }

  private static void assertClean(Comparison comparison, int happened) {
    assertThat(comparison.problems()).isEmpty();
    assertThat(comparison.happened()).isEqualTo(happened);
  }

  private static void assertProblem(Comparison comparison, String text) {
    assertThat(comparison.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.text()).contains(text));
  }

  @Test
  void whatIsAsItWasAcknowledgedIsNoProblem() {
    created("a", 3, "1:x");

    assertClean(ledger.compare(parts("a", "1:x", 2, 0, 1)), 0);
    assertThat(ledger.ids("a")).containsExactly("id-a2", "id-a0", "id-a1");
  }

  @Test
  void anAcknowledgedBatchThatIsMissingIsAProblem() {
    created("a", 2, "1:x");

    assertProblem(ledger.compare(List.of()), "a is absent, but 1:x was acknowledged");
  }

  @Test
  void halfOfABatchIsAProblemEvenIfItWasNotAcknowledged() {
    ledger.creating("a", 3, "1:x");

    assertProblem(ledger.compare(parts("a", "1:x", 0, 2)), "a of 3 has the secrets [0, 2]");
  }

  @Test
  void halfOfAChangeIsAProblem() {
    created("a", 2, "1:x");
    ledger.changing("a", "2:y");

    List<Part> stored =
        Stream.concat(parts("a", "2:y", 0).stream(), parts("a", "1:x", 1).stream()).toList();

    assertProblem(ledger.compare(stored), "a has several states: [2:y, 1:x]");
  }

  @Test
  void aSecretTwiceIsAProblem() {
    created("a", 2, "1:x");

    assertProblem(ledger.compare(parts("a", "1:x", 0, 1, 1)), "has the secrets [0, 1, 1]");
  }

  @Test
  void anAcknowledgedChangeThatWasLostIsAProblem() {
    created("a", 1, "1:x");
    ledger.changing("a", "2:y");
    ledger.acknowledged("a");

    assertProblem(ledger.compare(parts("a", "1:x", 0)), "a is 1:x, but 2:y was acknowledged");
  }

  @Test
  void aDeletionThatWasAcknowledgedAndLostIsAProblem() {
    created("a", 1, "1:x");
    ledger.changing("a", Ledger.ABSENT);
    ledger.acknowledged("a");

    assertProblem(ledger.compare(parts("a", "1:x", 0)), "a should not exist");
  }

  @Test
  void whatNobodyWroteIsAProblem() {
    assertProblem(ledger.compare(parts("b", "1:x", 0)), "b should not exist");
  }

  @Test
  void aChangeOfUnknownOutcomeMayHaveHappenedOrNot() {
    created("a", 1, "1:x");
    created("b", 1, "1:x");
    created("c", 1, "1:x");
    ledger.changing("a", "2:y");
    ledger.changing("b", "2:z");
    ledger.changing("c", Ledger.ABSENT);
    ledger.creating("d", 2, "1:x");

    List<Part> stored =
        Stream.concat(parts("a", "2:y", 0).stream(), parts("b", "1:x", 0).stream()).toList();

    assertClean(ledger.compare(stored), 2);
    assertThat(ledger.live()).containsExactly("a", "b");
  }

  @Test
  void whatWasFoundIsCertainFromThenOn() {
    created("a", 1, "1:x");
    ledger.changing("a", "2:y");
    assertClean(ledger.compare(parts("a", "1:x", 0)), 0);

    assertProblem(ledger.compare(parts("a", "2:y", 0)), "a is 2:y, but 1:x was acknowledged");
  }
}
