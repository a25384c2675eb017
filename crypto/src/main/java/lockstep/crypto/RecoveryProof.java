package lockstep.crypto;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * What a member signs who replaces a forgotten password, to show that it holds the private identity
 * key, which only the recovery phrase derives: the account, all that shall be stored, and the time.
 * A signature of one recovery is good for no other, and whoever verifies it bounds its age.
 *
 * <p>This is Lockstep's own: in the formats that clients share, nothing is signed.
 *
 * @param accountId the membership, a UUID with hyphens in lower case
 * @param authHash what will stand for the password
 * @param wrappedKeyring as it will be stored, in lower case
 * @param wrappedRecovery as it will be stored, in lower case
 * @param signedAt of which whole milliseconds count
 */
public record RecoveryProof(
    String accountId,
    String authHash,
    String wrappedKeyring,
    String wrappedRecovery,
    Instant signedAt) {

  private static final String CONTEXT = "lockstep-account-recovery-v1";
  private static final int SIGNATURE_BYTES = 64;

  /**
   * Signs with the keys of the account.
   *
   * @return 128 hexadecimal digits
   */
  public String sign(AccountKeys keys) {
    return Hex.encode(keys.identity().sign(message()));
  }

  /**
   * Whether somebody with the private half of the key signed this.
   *
   * @throws FormatException unless the signature is 128 hexadecimal digits
   */
  public boolean isSignedBy(IdentityKey key, String signature) {
    return key.signed(message(), Hex.decode(signature, SIGNATURE_BYTES, "signature"));
  }

  /** No part holds a line break, so different proofs are different messages. */
  private byte[] message() {
    return String.join(
            "\n",
            CONTEXT,
            accountId,
            Long.toString(signedAt.toEpochMilli()),
            authHash,
            wrappedKeyring,
            wrappedRecovery)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "RecoveryProof[" + accountId + "]";
  }
}
