package lockstep.references;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** What the references of one response have cost so far, and whose values they brought into it. */
final class ResponseUse {

  private final ResolutionLimits limits;
  private final Set<UUID> substituted = new HashSet<>();
  private int lookups;
  private int bytes;

  ResponseUse(ResolutionLimits limits) {
    this.limits = limits;
  }

  /** Counts one more reference that is followed; false if that would be too many. */
  boolean takeLookup() {
    if (lookups == limits.responseLookups()) {
      return false;
    }
    lookups++;
    return true;
  }

  /** Counts text that a reference brings; false, and not counted, if that would be too much. */
  boolean takeBytes(int more) {
    if (more > limits.responseBytes() - bytes) {
      return false;
    }
    bytes += more;
    return true;
  }

  void substituted(Iterable<UUID> secrets) {
    secrets.forEach(substituted::add);
  }

  Set<UUID> substituted() {
    return Set.copyOf(substituted);
  }
}
