package lockstep.references;

import java.util.UUID;

/**
 * A secret that a reference names.
 *
 * @param value its base value as stored, never an override
 */
public record ReferencedSecret(UUID id, String value) {

  /** Tells nothing of the secret. */
  @Override
  public String toString() {
    return "ReferencedSecret[" + id + "]";
  }
}
