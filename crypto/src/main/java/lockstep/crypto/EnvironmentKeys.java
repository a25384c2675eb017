package lockstep.crypto;

/**
 * The keys of an environment: a seed, the X25519 pair derived from it, to which secrets are
 * encrypted, and a salt for {@link KeyDigest}.
 */
public final class EnvironmentKeys implements AutoCloseable {

  private static final int SEED_BYTES = 32;
  private static final int SALT_BYTES = 32;

  private final byte[] seed;
  private final String salt;
  private final X25519KeyPair keyPair;

  private EnvironmentKeys(byte[] seed, String salt) {
    this.seed = seed;
    this.salt = salt;
    this.keyPair = X25519KeyPair.fromSeed(seed);
  }

  public static EnvironmentKeys generate() {
    return new EnvironmentKeys(
        Entropy.SYSTEM.bytes(SEED_BYTES), Hex.encode(Entropy.SYSTEM.bytes(SALT_BYTES)));
  }

  /**
   * Takes existing keys.
   *
   * @param seedHex 64 hexadecimal digits
   * @param saltHex 32 to 64 hexadecimal digits, kept as they are
   * @throws FormatException if one of them is of another form
   */
  public static EnvironmentKeys of(String seedHex, String saltHex) {
    if (saltHex.length() < SALT_BYTES || saltHex.length() > 2 * SALT_BYTES || !Hex.isHex(saltHex)) {
      throw new FormatException("environment salt must be 32 to 64 hexadecimal digits");
    }
    return new EnvironmentKeys(Hex.decode(seedHex, SEED_BYTES, "environment seed"), saltHex);
  }

  /**
   * Opens what was wrapped for a recipient.
   *
   * @param expectedIdentityKeyHex the environment's own public key
   * @throws FormatException if the expected key is not one
   * @throws DecryptionException if this was wrapped for somebody else, was changed, or is not the
   *     seed that belongs to the expected key
   */
  public static EnvironmentKeys unwrap(
      WrappedEnvironmentKeys wrapped, X25519KeyPair recipient, String expectedIdentityKeyHex) {
    X25519PublicKey expected = X25519PublicKey.parse(expectedIdentityKeyHex);
    String seed = Ciphertext.parse(wrapped.wrappedSeed()).decrypt(recipient);
    String salt = Ciphertext.parse(wrapped.wrappedSalt()).decrypt(recipient);
    EnvironmentKeys keys = DecryptionException.ifMalformed("environment key", () -> of(seed, salt));
    if (!keys.publicKey().equals(expected)) {
      keys.close();
      throw new DecryptionException("environment seed belongs to another identity key");
    }
    return keys;
  }

  /** Returns the public key of the environment, 64 lower-case hexadecimal digits. */
  public String identityKey() {
    return publicKey().hex();
  }

  public X25519PublicKey publicKey() {
    return keyPair.publicKey();
  }

  /** Encrypts seed and salt, each with an ephemeral key of its own. */
  public WrappedEnvironmentKeys wrapFor(X25519PublicKey recipient) {
    return new WrappedEnvironmentKeys(
        Ciphertext.encrypt(seedHex(), recipient).text(),
        Ciphertext.encrypt(salt, recipient).text());
  }

  /** Returns the digest under which a secret of this name is found; see {@link KeyDigest#of}. */
  public String keyDigest(String secretName) {
    return KeyDigest.of(secretName, salt);
  }

  /** Returns what computes the same digests after these keys have been closed. */
  public KeyDigester keyDigester() {
    return new KeyDigester(salt);
  }

  /** Returns an encryptor for the fields of one request; the caller closes it. */
  public FieldSealer sealer() {
    return FieldSealer.forRecipient(publicKey());
  }

  /** Returns a decryptor for the fields of one request, to be closed before these keys. */
  public FieldOpener opener() {
    return FieldOpener.forRecipient(keyPair);
  }

  String seedHex() {
    keyPair.requireOpen();
    return Hex.encode(seed);
  }

  String salt() {
    return salt;
  }

  X25519KeyPair keyPair() {
    return keyPair;
  }

  /** Erases seed and private key. */
  @Override
  public void close() {
    Bytes.erase(seed);
    keyPair.close();
  }

  @Override
  public String toString() {
    return "EnvironmentKeys[hidden]";
  }
}
