package lockstep.client;

import java.io.Serial;
import java.util.List;

/** The token reaches no app, environment or secret of this name or id. */
public final class NotFoundException extends LockstepException {

  @Serial private static final long serialVersionUID = 1L;

  private final transient List<String> candidates;

  NotFoundException(String message) {
    this(message, List.of());
  }

  NotFoundException(String message, List<String> candidates) {
    super(message);
    this.candidates = List.copyOf(candidates);
  }

  /** What there is instead: names of apps or environments, empty if nothing can be told. */
  public List<String> candidates() {
    return candidates == null ? List.of() : candidates;
  }
}
