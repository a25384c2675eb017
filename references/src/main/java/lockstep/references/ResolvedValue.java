package lockstep.references;

import java.util.List;

/**
 * A value whose references were resolved as far as they could be.
 *
 * @param failures the references that stay as written, in the order in which they are met; a single
 *     one for all that are beyond the limit of lookups
 */
public record ResolvedValue(String value, List<ResolutionFailure> failures) {

  /** Keeps a copy of the list. */
  public ResolvedValue {
    failures = List.copyOf(failures);
  }

  /** Tells nothing of the secret. */
  @Override
  public String toString() {
    return "ResolvedValue[" + value.length() + " characters, " + failures.size() + " failures]";
  }
}
