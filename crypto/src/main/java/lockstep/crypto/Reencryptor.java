package lockstep.crypto;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Encrypts what was encrypted with one pair of environment keys with another. What was one
 * ciphertext in several places is one afterwards: a version is told to be the present state of a
 * secret by that. What does not open stays as it is, and so does a digest that is not that of its
 * name, because nobody ever found a secret by it.
 *
 * <p>Holds all that it was given, and the names of secrets, until it is collected. Borrows the keys
 * and what was made of them. Not safe for use by several threads.
 */
public final class Reencryptor {

  private final EnvironmentKeys before;
  private final EnvironmentKeys after;
  private final FieldOpener opener;
  private final FieldSealer sealer;
  private final Map<String, String> done = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private boolean unreadable;
  private int rightDigests;
  private int wrongDigests;

  /**
   * From the first pair of keys to the second.
   *
   * @param opener of the first pair
   * @param sealer of the second
   */
  public Reencryptor(
      EnvironmentKeys before, EnvironmentKeys after, FieldOpener opener, FieldSealer sealer) {
    this.before = before;
    this.after = after;
    this.opener = opener;
    this.sealer = sealer;
  }

  /** The same text; itself if it is empty or does not open. */
  public String text(String ciphertext) {
    return ciphertext.isEmpty()
        ? ""
        : done.computeIfAbsent(
            ciphertext, old -> opened(old).map(plain -> sealer.seal(plain).text()).orElse(old));
  }

  /**
   * The digest of the same name; itself if the name does not open, or has another digest.
   *
   * @param key the name, encrypted with the first pair
   */
  public String digest(String key, String digest) {
    String name = names.computeIfAbsent(key, old -> opened(old).orElse(""));
    if (name.isEmpty()) {
      return digest;
    }
    if (!before.keyDigest(name).equals(digest)) {
      wrongDigests++;
      return digest;
    }
    rightDigests++;
    return after.keyDigest(name);
  }

  private Optional<String> opened(String ciphertext) {
    try {
      return Optional.of(opener.open(ciphertext));
    } catch (CryptoException e) {
      unreadable = true;
      return Optional.empty();
    }
  }

  /** Whether something did not open. */
  public boolean metUnreadable() {
    return unreadable;
  }

  /** How many digests were those of their names. */
  public int rightDigests() {
    return rightDigests;
  }

  /**
   * How many digests were not. If there is not one right digest beside them, the salt of the first
   * pair is not the one that the digests were made with.
   */
  public int wrongDigests() {
    return wrongDigests;
  }

  @Override
  public String toString() {
    return "Reencryptor[hidden]";
  }
}
