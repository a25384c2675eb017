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
    Running digest = new Running();
    for (byte[] part : parts) {
      digest.add(part);
    }
    return digest.end();
  }

  /** Digests what comes in parts, and then something else. Not for several threads. */
  public static final class Running {

    private final MessageDigest digest = digest();

    public Running add(byte[] part) {
      return add(part, part.length);
    }

    /** Adds so many bytes from the first on. */
    public Running add(byte[] part, int length) {
      digest.update(part, 0, length);
      return this;
    }

    /** The digest of what was added since the last call. */
    public byte[] end() {
      byte[] result = digest.digest();
      digest.reset(); // Which erases what was digested last: it may be a key.
      return result;
    }
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
