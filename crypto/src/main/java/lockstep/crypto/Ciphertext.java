package lockstep.crypto;

import java.util.Base64;

/**
 * A text encrypted to an X25519 public key, in the form
 *
 * <pre>ph:v1:{ephemeral public key, 64 hexadecimal digits}:{base64 of ciphertext, tag and nonce}
 * </pre>
 *
 * <p>The base64 is standard alphabet, padded and canonical. A text of n UTF-8 bytes gives 71 +
 * 4·⌈(n+40)/3⌉ characters.
 */
public final class Ciphertext {

  private static final String PREFIX = "ph:v1:";
  private static final int KEY_END = PREFIX.length() + 2 * X25519PublicKey.BYTES;

  private final String text;
  private final X25519PublicKey ephemeral;
  private final byte[] sealed;

  private Ciphertext(String text, X25519PublicKey ephemeral, byte[] sealed) {
    this.text = text;
    this.ephemeral = ephemeral;
    this.sealed = sealed;
  }

  /**
   * Checks everything that can be checked without a key.
   *
   * @throws FormatException if the text is not of the form above to the letter, or too short to
   *     hold a tag and a nonce
   */
  public static Ciphertext parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw new FormatException("ciphertext must start with " + PREFIX);
    }
    if (text.length() <= KEY_END || text.charAt(KEY_END) != ':') {
      throw new FormatException("ciphertext without an ephemeral key of 64 digits");
    }
    byte[] ephemeral =
        Hex.decode(
            text.substring(PREFIX.length(), KEY_END), X25519PublicKey.BYTES, "ephemeral key");
    byte[] sealed = decodeBase64(text.substring(KEY_END + 1));
    if (sealed.length < RawSymmetric.OVERHEAD_BYTES) {
      throw new FormatException("ciphertext shorter than its tag and nonce");
    }
    return new Ciphertext(text, X25519PublicKey.unchecked(ephemeral), sealed);
  }

  /** Whether {@link #parse} accepts this text. */
  public static boolean isWellFormed(String text) {
    try {
      parse(text);
      return true;
    } catch (FormatException _) {
      return false;
    }
  }

  /**
   * Encrypts with an ephemeral key of its own. For several fields at once see {@link FieldSealer}.
   *
   * @throws FormatException if the text has an unpaired surrogate
   */
  public static Ciphertext encrypt(String plaintext, X25519PublicKey recipient) {
    return encrypt(plaintext, recipient, Entropy.SYSTEM);
  }

  static Ciphertext encrypt(String plaintext, X25519PublicKey recipient, Entropy entropy) {
    try (FieldSealer sealer = FieldSealer.forRecipient(recipient, entropy)) {
      return sealer.seal(plaintext);
    }
  }

  static Ciphertext of(X25519PublicKey ephemeral, byte[] sealed) {
    String text = PREFIX + ephemeral.hex() + ":" + Base64.getEncoder().encodeToString(sealed);
    return new Ciphertext(text, ephemeral, sealed);
  }

  private static byte[] decodeBase64(String text) {
    try {
      byte[] decoded = Base64.getDecoder().decode(text);
      // The decoder does without padding and ignores stray bits in the last digit.
      if (Base64.getEncoder().encodeToString(decoded).equals(text)) {
        return decoded;
      }
    } catch (IllegalArgumentException _) {
      // Refused below. The message of this one quotes a character.
    }
    throw new FormatException("ciphertext is not canonical base64");
  }

  /**
   * Decrypts. For several fields of one recipient see {@link FieldOpener}.
   *
   * @throws DecryptionException if this is not for that recipient, was changed, or is not text
   */
  public String decrypt(X25519KeyPair recipient) {
    try (SessionKey key = SessionKey.ofRecipient(recipient, ephemeral)) {
      return decrypt(key);
    }
  }

  String decrypt(SessionKey key) {
    return key.open(sealed);
  }

  X25519PublicKey ephemeral() {
    return ephemeral;
  }

  /** Returns the string as it was parsed or made. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ciphertext ciphertext && text.equals(ciphertext.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "Ciphertext[" + sealed.length + " bytes]";
  }
}
