package lockstep.references;

/** What became of looking for the environment that a reference names. */
public sealed interface EnvironmentLookup {

  /** The caller may read secrets there. */
  record Found(EnvironmentRef environment) implements EnvironmentLookup {}

  /** It cannot be read from. */
  record NotFound(Reason reason) implements EnvironmentLookup {}

  /** Why an environment cannot be read from, in the order in which it is found out. */
  enum Reason {
    /** No live app of the organisation has the name. */
    APP_MISSING,
    /** Several apps have the name, whether or not the caller reaches them. */
    APP_AMBIGUOUS,
    /** The server cannot open the app's environments. */
    NO_SSE,
    /** The app has no environment of the name. */
    ENVIRONMENT_MISSING,
    /** The caller may not read secrets in the environment. */
    NO_ACCESS
  }
}
