package lockstep.crypto;

import java.util.regex.Pattern;

/**
 * The keys of a member in one organisation. The same recovery phrase gives other keys in another
 * organisation.
 */
public final class AccountKeys implements AutoCloseable {

  private static final Pattern ORGANISATION_ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final Keyring keyring;

  AccountKeys(Keyring keyring) {
    this.keyring = keyring;
  }

  /**
   * Derives the keys. Needs 1 GiB of heap and several seconds.
   *
   * @param organisationId a UUID with hyphens in lower case
   * @throws FormatException if the organisation id is of another form
   */
  public static AccountKeys derive(Mnemonic mnemonic, String organisationId) {
    if (!ORGANISATION_ID.matcher(organisationId).matches()) {
      throw new FormatException("organisation id must be a lower-case UUID");
    }
    // The text is hashed, with hyphens; not the entropy that it stands for.
    byte[] seed = Argon2id.RECOVERY.key(mnemonic.phrase().replace(' ', '-'), organisationId);
    try {
      return fromSeed(seed);
    } finally {
      Bytes.erase(seed);
    }
  }

  static AccountKeys fromSeed(byte[] seed) {
    byte[] signingSeed = Subkey.derive(seed, 1, "__sign__", 32);
    try {
      return new AccountKeys(
          new Keyring(
              IdentityKeyPair.fromSeed(signingSeed), Subkey.derive(seed, 0, "_secret_", 32)));
    } finally {
      Bytes.erase(signingSeed);
    }
  }

  /**
   * Returns the public key by which the member is known. After {@link #derive}, one that differs
   * from the member's means that the phrase is not the member's.
   */
  public IdentityKey identityKey() {
    return keyring.identity().publicKey();
  }

  /** Returns a new pair, which the caller closes. */
  public X25519KeyPair x25519() {
    return keyring.identity().toX25519();
  }

  IdentityKeyPair identity() {
    return keyring.identity();
  }

  /** Returns all the keys, in the clear, as the JSON object that gets wrapped. */
  public String keyringJson() {
    return keyring.json();
  }

  /** Erases the private keys. */
  @Override
  public void close() {
    keyring.close();
  }

  @Override
  public String toString() {
    return "AccountKeys[private keys hidden]";
  }
}
