package lockstep.server.access;

/** Is told of each decision that {@link Access} makes. */
@FunctionalInterface
public interface DecisionObserver {

  /** Has no use for them. */
  DecisionObserver NONE = caller -> {};

  /**
   * A decision about this caller is about to be made, on the thread that answers its request. Must
   * not throw.
   */
  void deciding(Caller caller);
}
