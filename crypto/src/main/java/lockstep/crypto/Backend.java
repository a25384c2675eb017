package lockstep.crypto;

/** The implementation of the algorithms that this process uses. */
final class Backend {

  static final Primitives PRIMITIVES = new JvmPrimitives();

  private Backend() {}
}
