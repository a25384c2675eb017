package lockstep.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256. */
public final class Sha256 {

  /** To copy it is quicker than to look for a provider. */
  private static final MessageDigest UNUSED = unused();

  private Sha256() {}

  /** The digest of these, one after the other. */
  public static byte[] of(byte[]... parts) {
    MessageDigest digest = digest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return result(digest);
  }

  /** The digest of so many bytes from the first on. */
  public static byte[] ofFirst(int length, byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes, 0, length);
    return result(digest);
  }

  private static byte[] result(MessageDigest digest) {
    byte[] result = digest.digest();
    digest.reset(); // Which erases what was digested last: it may be a key.
    return result;
  }

  private static MessageDigest digest() {
    try {
      return (MessageDigest) UNUSED.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("a digest of the JDK can be copied", e);
    }
  }

  private static MessageDigest unused() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
