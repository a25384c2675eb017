package lockstep.server.secrets;

import lockstep.crypto.FieldSealer;
import lockstep.server.secrets.SealedSecret.SealedOverride;

/** A member's own value of a secret, in plain text. */
record PersonalValue(String value, boolean isActive) {

  SealedOverride seal(FieldSealer sealer) {
    return new SealedOverride(sealer.seal(value).text(), isActive);
  }

  @Override
  public String toString() {
    return "PersonalValue[content not shown]";
  }
}
