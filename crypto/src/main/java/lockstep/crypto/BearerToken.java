package lockstep.crypto;

import java.nio.charset.StandardCharsets;

/** The part of a token that is sent with a request: 64 hexadecimal digits. */
public final class BearerToken {

  private static final int BYTES = 32;

  private final String hex;

  private BearerToken(String hex) {
    this.hex = hex;
  }

  public static BearerToken generate() {
    return generate(Entropy.SYSTEM);
  }

  static BearerToken generate(Entropy entropy) {
    return new BearerToken(Hex.encode(entropy.bytes(BYTES)));
  }

  /**
   * Keeps the case of the digits, which makes a difference to the digest.
   *
   * @throws FormatException unless this is 64 hexadecimal digits
   */
  public static BearerToken parse(String hex) {
    Hex.decode(hex, BYTES, "bearer token");
    return new BearerToken(hex);
  }

  /**
   * Returns what a server stores in the place of a bearer token: SHA-256 of the text exactly as it
   * was received, whatever its form. A faster hash than for passwords, as 256 random bits cannot be
   * guessed.
   */
  public static byte[] digest(String bearerText) {
    return Sha256.of(bearerText.getBytes(StandardCharsets.UTF_8));
  }

  /** Returns the digest of this token's text, 32 bytes. */
  public byte[] digest() {
    return digest(hex);
  }

  public String hex() {
    return hex;
  }

  @Override
  public String toString() {
    return "BearerToken[hidden]";
  }
}
