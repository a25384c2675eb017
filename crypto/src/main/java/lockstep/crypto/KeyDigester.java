package lockstep.crypto;

import java.nio.charset.StandardCharsets;

/**
 * Computes {@link KeyDigest}s of one environment without its other keys, for as long as it is kept.
 * The salt is kept under {@link MemorySeal}. Safe for use by many threads.
 */
public final class KeyDigester {

  private final byte[] sealedSalt;

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

  @Override
  public String toString() {
    return "KeyDigester[salt hidden]";
  }
}
