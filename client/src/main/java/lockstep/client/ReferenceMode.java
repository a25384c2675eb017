package lockstep.client;

/** What to do with references such as <code>${KEY}</code> in values. */
public enum ReferenceMode {
  /**
   * Resolve them. One that leads nowhere stays as written, and {@link Secret#unresolved} tells; a
   * circle is an error.
   */
  RESOLVE,
  /** Resolve them, and fail if there is one that leads nowhere. */
  REQUIRE,
  /** Leave all of them as written. */
  LEAVE
}
