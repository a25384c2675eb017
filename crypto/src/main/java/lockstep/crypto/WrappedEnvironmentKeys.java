package lockstep.crypto;

/** Seed and salt of an environment, each encrypted to one recipient as a {@link Ciphertext}. */
public record WrappedEnvironmentKeys(String wrappedSeed, String wrappedSalt) {

  /**
   * Checks both.
   *
   * @throws FormatException if one of them is not a well-formed ciphertext
   */
  public WrappedEnvironmentKeys {
    Ciphertext.parse(wrappedSeed);
    Ciphertext.parse(wrappedSalt);
  }
}
