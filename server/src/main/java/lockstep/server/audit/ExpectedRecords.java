package lockstep.server.audit;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/** Which expected records a verification has not come to yet. */
final class ExpectedRecords {

  private final List<ExpectedRecord> open;

  ExpectedRecords(List<ExpectedRecord> expected) {
    this.open = new ArrayList<>(expected);
  }

  /** Takes what was expected in this place; returns whether it had another hash. */
  boolean isContradictedBy(String organisation, long sequence, byte[] hash) {
    boolean contradicted = false;
    for (Iterator<ExpectedRecord> each = open.iterator(); each.hasNext(); ) {
      ExpectedRecord expected = each.next();
      if (expected.sequence() == sequence && expected.organisation().equals(organisation)) {
        each.remove();
        contradicted |= !expected.hash().equals(HexFormat.of().formatHex(hash));
      }
    }
    return contradicted;
  }

  /** Takes what was expected of this organisation before this place. */
  void takeRemoved(String organisation, long sequence) {
    var _ =
        take(
            expected ->
                expected.organisation().equals(organisation) && expected.sequence() < sequence);
  }

  /** Takes what was expected of this organisation and did not come. */
  List<ExpectedRecord> takeMissing(String organisation) {
    return take(expected -> expected.organisation().equals(organisation));
  }

  /** Takes what was expected and did not come. */
  List<ExpectedRecord> takeMissing() {
    return take(_ -> true);
  }

  private List<ExpectedRecord> take(Predicate<ExpectedRecord> which) {
    List<ExpectedRecord> taken = open.stream().filter(which).toList();
    open.removeAll(taken);
    return taken;
  }
}
