package lockstep.client;

/** When an answer may come from the {@linkplain OfflineCache offline cache}. */
public enum Staleness {
  /** Never. Answers are not kept either. */
  NEVER,
  /**
   * When the server cannot be reached, takes too long, limits the rate or answers that it has a
   * problem of its own. Never when it refuses.
   */
  ON_ERROR,
  /** Whenever there is one; the server is asked only for what is not there. */
  ALWAYS
}
