package lockstep.references;

import java.util.List;

/** What became of resolving a value in which every reference must resolve. */
public sealed interface StrictResolution {

  /** Every reference did. */
  record Resolved(String value) implements StrictResolution {

    /** Tells nothing of the secret. */
    @Override
    public String toString() {
      return "Resolved[" + value.length() + " characters]";
    }
  }

  /**
   * Some did not.
   *
   * @param messages one line per failing reference, in the order in which they are met, those in
   *     referenced values included; a single one for all that are beyond the limit of lookups
   */
  record Failures(List<String> messages) implements StrictResolution {

    /** Keeps a copy of the list. */
    public Failures {
      messages = List.copyOf(messages);
    }
  }
}
