package lockstep.client;

import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.FieldSealer;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.Reencryptor;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519PublicKey;

/**
 * Other keys for an environment, made here, and what takes the place of that which was encrypted
 * with the present ones. For programs that rotate keys: nothing is sent, and the keys themselves
 * never leave this library.
 *
 * <p>Remembers what it was given, because equal ciphertexts stay equal. Not safe for use by several
 * threads.
 */
public final class EnvironmentKeyReplacement implements AutoCloseable {

  private final EnvironmentKeys present;
  private final EnvironmentKeys next = EnvironmentKeys.generate();
  private final FieldOpener opener;
  private final FieldSealer sealer;
  private final Reencryptor reencryptor;

  /** Borrows the keys that the environment has. */
  EnvironmentKeyReplacement(EnvironmentKeys present) {
    this.present = present;
    this.opener = present.opener();
    this.sealer = next.sealer();
    this.reencryptor = new Reencryptor(present, next, opener, sealer);
  }

  /** The public key that the environment has, as far as the client knows: 64 digits. */
  public String identityKey() {
    return present.identityKey();
  }

  /** The public one of the new keys: 64 digits. */
  public String newIdentityKey() {
    return next.identityKey();
  }

  /** A ciphertext of the same text; itself if it is empty, or the present keys do not open it. */
  public String text(String ciphertext) {
    return reencryptor.text(ciphertext);
  }

  /**
   * The digest of the same name; itself if it is not the digest that the name has now.
   *
   * @param key the name of the secret as it is encrypted now
   */
  public String digest(String key, String digest) {
    return reencryptor.digest(key, digest);
  }

  /**
   * Whether names were met, and the present keys found the digest of not one of them: then they are
   * no basis for others, because their salt is wrong.
   */
  public boolean provesWrongSalt() {
    return reencryptor.wrongDigests() > 0 && reencryptor.rightDigests() == 0;
  }

  /** The new keys, for a member or a service account. */
  public WrappedEnvironmentKeys wrapFor(IdentityKey account) {
    return next.wrapFor(account.toX25519());
  }

  /** The new keys, for a legacy service token. */
  public WrappedEnvironmentKeys wrapFor(X25519PublicKey token) {
    return next.wrapFor(token);
  }

  /** Erases the new keys. */
  @Override
  public void close() {
    opener.close();
    sealer.close();
    next.close();
  }

  @Override
  public String toString() {
    return "EnvironmentKeyReplacement[hidden]";
  }
}
