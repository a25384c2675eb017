package lockstep.server.secrets;

/** A member's own value of a secret, in plain text. */
record PersonalValue(String value, boolean isActive) {

  @Override
  public String toString() {
    return "PersonalValue[content not shown]";
  }
}
