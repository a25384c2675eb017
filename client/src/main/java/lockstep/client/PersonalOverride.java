package lockstep.client;

/**
 * A member's own value of a secret, which nobody else gets.
 *
 * @param value the value, references as written
 * @param isActive whether it takes the place of the shared value
 */
public record PersonalOverride(String value, boolean isActive) {

  /** Does not show the value. */
  @Override
  public String toString() {
    return "PersonalOverride[active " + isActive + ", value hidden]";
  }
}
