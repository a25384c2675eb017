package lockstep.crypto;

import java.nio.charset.StandardCharsets;

/**
 * The digest by which a secret is found without its name being known: BLAKE2b-256 of the name,
 * keyed with the salt of the environment.
 */
public final class KeyDigest {

  private static final int LONGEST_SALT_BYTES = 64;

  private KeyDigest() {}

  /**
   * Digests a name as it stands, without changing its case.
   *
   * @param saltText the salt as hexadecimal text. The text itself is the key, it is not decoded; so
   *     the case of its digits matters
   * @return 64 lower-case hexadecimal digits
   * @throws FormatException if the salt is longer than 64 bytes or the name has an unpaired
   *     surrogate
   */
  public static String of(String name, String saltText) {
    return of(name, saltText.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link #of(String, String)}, with the bytes of the salt's text. */
  static String of(String name, byte[] salt) {
    if (salt.length > LONGEST_SALT_BYTES) {
      throw new FormatException("salt longer than " + LONGEST_SALT_BYTES + " bytes");
    }
    return Hex.encode(Backend.PRIMITIVES.blake2b(32, salt, Utf8.encode(name)));
  }
}
