package lockstep.crypto;

import java.nio.charset.StandardCharsets;

/**
 * Computes {@link KeyDigest}s of one environment without its other keys, for as long as it is kept.
 * The salt is kept under {@link MemorySeal}. Safe for use by many threads.
 */
public final class KeyDigester {

  private static final int MARK_SALT_BYTES = 16;

  private final byte[] sealedSalt;
  private final byte[] markSalt = Entropy.SYSTEM.bytes(MARK_SALT_BYTES);

  KeyDigester(String salt) {
    this.sealedSalt = MemorySeal.seal(salt.getBytes(StandardCharsets.UTF_8));
  }

  /** As {@link EnvironmentKeys#keyDigest}. */
  public String digest(String secretName) {
    byte[] salt = MemorySeal.open(sealedSalt);
    try {
      return KeyDigest.of(secretName, salt);
    } finally {
      Bytes.erase(salt);
    }
  }

  /**
   * Returns what this digester knows a name by: 32 bytes in which nobody else can recognise it, and
   * which take less time than its digest, as nothing has to be opened.
   *
   * @throws FormatException if the name has an unpaired surrogate
   */
  public byte[] mark(String secretName) {
    return MemorySeal.mark(markSalt, secretName);
  }

  @Override
  public String toString() {
    return "KeyDigester[salt hidden]";
  }
}
