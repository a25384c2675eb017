package lockstep.client;

/**
 * A reference that stays as written in the resolved value.
 *
 * @param reason why
 * @param text the reference with its braces. It may be part of a password that merely looks like a
 *     reference: treat it as a secret
 */
public record UnresolvedReference(Reason reason, String text) {

  /** Why a reference stays as written. */
  public enum Reason {
    /** No app of the name, or none that the token reaches. */
    APP_MISSING,
    /** Several apps have the name. */
    APP_AMBIGUOUS,
    /** No environment of the name in the app, or none that the token reaches. */
    ENVIRONMENT_MISSING,
    /** The account may not read secrets there. */
    NO_ACCESS,
    /** No secret of the name at the path. */
    SECRET_MISSING,
    /** It leads back to where it came from, or more than 25 secrets refer to one another. */
    CYCLE_OR_DEPTH,
    /** More references than may be followed, or a value that would become longer than 1 MiB. */
    LIMIT
  }

  /** Tells the reason only. */
  @Override
  public String toString() {
    return "UnresolvedReference[" + reason + "]";
  }
}
