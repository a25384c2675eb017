package lockstep.crypto;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the server stores what members send to log in (see {@link PasswordAuthentication}): Argon2id
 * with a random salt, as text in the usual form {@code $argon2id$v=19$m=…,t=…,p=1$salt$hash}.
 */
public final class PasswordHash {

  // What is hashed here was made with 256 MiB already, which is what a guesser has to pay. These
  // costs only have to keep the stored value from being as good as the one sent.
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;

  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  private static final int LARGEST_MEMORY_KIB = 1024 * 1024;

  private static final Pattern STORED =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=([0-9]{1,7}),t=([0-9]{1,2}),p=1"
              + "\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})");

  private PasswordHash() {}

  /**
   * Hashes under a fresh salt. Needs 19 MiB of heap.
   *
   * @throws FormatException if the text has an unpaired surrogate
   */
  public static String hash(String received) {
    byte[] salt = Entropy.SYSTEM.bytes(SALT_BYTES);
    byte[] hash = argon2id(received, salt, PASSES, MEMORY_KIB);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return String.format(
        Locale.ROOT,
        "$argon2id$v=19$m=%d,t=%d,p=1$%s$%s",
        MEMORY_KIB,
        PASSES,
        base64.encodeToString(salt),
        base64.encodeToString(hash));
  }

  /**
   * Whether this is the text that was hashed, compared in constant time. Needs the memory that the
   * stored hash was made with.
   *
   * @throws FormatException if the stored text is not of the form above, or the received one has an
   *     unpaired surrogate
   */
  public static boolean verify(String received, String stored) {
    Matcher fields = STORED.matcher(stored);
    if (!fields.matches()) {
      throw new FormatException("not a stored Argon2id hash");
    }
    int memoryKib = Integer.parseInt(fields.group(1));
    int passes = Integer.parseInt(fields.group(2));
    if (memoryKib < 8 || memoryKib > LARGEST_MEMORY_KIB || passes < 1) {
      throw new FormatException("costs of the stored Argon2id hash are out of range");
    }
    byte[] salt = Base64.getDecoder().decode(fields.group(3));
    byte[] expected = Base64.getDecoder().decode(fields.group(4));
    return MessageDigest.isEqual(expected, argon2id(received, salt, passes, memoryKib));
  }

  private static byte[] argon2id(String text, byte[] salt, int passes, int memoryKib) {
    byte[] bytes = Utf8.encode(text);
    try {
      return Backend.PRIMITIVES.argon2id(bytes, salt, passes, memoryKib, HASH_BYTES);
    } finally {
      Bytes.erase(bytes);
    }
  }
}
