package lockstep.server.references;

import lockstep.server.ids.SecretId;

/**
 * A secret that a reference names.
 *
 * @param value its base value as stored, never an override
 */
public record ReferencedSecret(SecretId id, String value) {

  /** Tells nothing of the secret. */
  @Override
  public String toString() {
    return "ReferencedSecret[" + id + "]";
  }
}
