package lockstep.crypto;

/**
 * A text shared by a link. The server stores it encrypted; the key is in the fragment of the link,
 * which browsers do not send.
 */
public final class Lockbox {

  private static final int SEED_BYTES = 32;

  private final String seed;
  private final String data;

  private Lockbox(String seed, String data) {
    this.seed = seed;
    this.data = data;
  }

  /** Encrypts a text under a new key. */
  public static Lockbox seal(String text) {
    return seal(text, Entropy.SYSTEM);
  }

  static Lockbox seal(String text, Entropy entropy) {
    byte[] seed = entropy.bytes(SEED_BYTES);
    try (X25519KeyPair pair = X25519KeyPair.fromSeed(seed)) {
      Ciphertext sealed = Ciphertext.encrypt(plaintext(text), pair.publicKey(), entropy);
      return new Lockbox(Hex.encode(seed), Json.write("data", sealed.text()));
    } finally {
      Bytes.erase(seed);
    }
  }

  static String plaintext(String text) {
    return Json.write("text", text);
  }

  /**
   * Whether the fragment of a link can be a key. To be asked before the box is requested, since
   * that uses up one of its views.
   */
  public static boolean isSeed(String fragment) {
    return fragment.length() == 2 * SEED_BYTES && Hex.isHex(fragment);
  }

  /**
   * Decrypts the text.
   *
   * @param seed the fragment of the link
   * @param data the JSON object that the server stored
   * @throws FormatException if one of them is of another form
   * @throws DecryptionException if they do not belong together, or the content is of another form
   */
  public static String open(String seed, String data) {
    Ciphertext sealed = Ciphertext.parse(Json.parse(data).string("data"));
    byte[] seedBytes = Hex.decode(seed, SEED_BYTES, "lockbox key");
    try (X25519KeyPair pair = X25519KeyPair.fromSeed(seedBytes)) {
      String plaintext = sealed.decrypt(pair);
      return DecryptionException.ifMalformed("lockbox", () -> Json.parse(plaintext).string("text"));
    } finally {
      Bytes.erase(seedBytes);
    }
  }

  /** Returns the secret part of the link, 64 hexadecimal digits. */
  public String seed() {
    return seed;
  }

  /** Returns what the server stores, a JSON object. */
  public String data() {
    return data;
  }

  /** Returns the link to pass on, given where the server stored the box. */
  public String link(String origin, String boxId) {
    return origin + "/lockbox/" + boxId + "#" + seed;
  }

  @Override
  public String toString() {
    return "Lockbox[hidden]";
  }
}
