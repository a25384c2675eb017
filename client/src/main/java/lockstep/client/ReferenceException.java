package lockstep.client;

import java.io.Serial;
import java.util.List;

/**
 * References in values cannot be resolved: they form a circle or exceed the limits, or they lead
 * nowhere and {@link ReferenceMode#REQUIRE} asks that none does.
 *
 * <p>The message names the secrets that hold them but not the references, since text that merely
 * looks like one may be part of a password. {@link #unresolved} has them.
 */
public final class ReferenceException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient List<UnresolvedReference> unresolved;

  ReferenceException(String message, List<UnresolvedReference> unresolved) {
    super(message);
    this.unresolved = List.copyOf(unresolved);
  }

  /** The references, in the order in which they are met. */
  public List<UnresolvedReference> unresolved() {
    return unresolved == null ? List.of() : unresolved;
  }
}
