package lockstep.server.backup;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import lockstep.crypto.ServerKey;

/**
 * Shows who holds the server key that a backup is whole and was made by one who holds it too: the
 * SHA-256 digest of its lines, and the HMAC-SHA-256 of that digest under a key that is derived from
 * the server key.
 */
final class Proof {

  private static final String CONTEXT = "lockstep backup proof";

  private final MessageDigest digest;
  private final byte[] key;

  Proof(ServerKey serverKey) {
    this.key = serverKey.subkey(CONTEXT);
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no SHA-256", e);
    }
  }

  /** Takes in the next line, with its line feed. */
  void line(byte[] line) {
    digest.update(line);
    digest.update((byte) '\n');
  }

  /** What the last line says of those before it. Takes in no more lines. */
  Written end() {
    byte[] sum = digest.digest();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return new Written(HexFormat.of().formatHex(sum), HexFormat.of().formatHex(mac.doFinal(sum)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no HMAC", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Both in hexadecimal digits. */
  record Written(String sha256, String hmac) {

    boolean hasHmac(String other) {
      return MessageDigest.isEqual(bytes(hmac), bytes(other));
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
