package lockstep.crypto;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keeps in memory what should not lie there in clear: AES-256-GCM under a key that is made when the
 * process starts, lives outside the Java heap and ends with the process. So a heap dump, or a page
 * of the heap that was swapped out, shows what requests work on at that moment, and nothing of what
 * is kept for later ones. What has only to be recognised is marked, under another such key.
 *
 * <p>Sealed content is a nonce of 12 random bytes, the ciphertext and a tag of 16 bytes. It means
 * nothing to any other process. Safe for use by many threads.
 */
public final class MemorySeal {

  /** By so much sealed content is longer. */
  public static final int OVERHEAD_BYTES = 12 + 16;

  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 32;
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final MemorySegment KEY = newKey();
  private static final MemorySegment MARK_KEY = newKey();

  /** To look for one each time would take longer than to open something small. */
  private static final Provider PROVIDER = provider();

  private MemorySeal() {}

  private static Provider provider() {
    try {
      return Cipher.getInstance(CIPHER).getProvider();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + CIPHER, e);
    }
  }

  private static MemorySegment newKey() {
    byte[] key = Entropy.SYSTEM.bytes(KEY_BYTES);
    MemorySegment offHeap = Arena.global().allocate(KEY_BYTES);
    MemorySegment.copy(key, 0, offHeap, ValueLayout.JAVA_BYTE, 0, KEY_BYTES);
    Bytes.erase(key);
    return offHeap;
  }

  /** Returns the content in a form that only this process can {@link #open}. */
  public static byte[] seal(byte[] content) {
    byte[] nonce = Entropy.SYSTEM.bytes(NONCE_BYTES);
    byte[] kept = new byte[content.length + OVERHEAD_BYTES];
    System.arraycopy(nonce, 0, kept, 0, NONCE_BYTES);
    try {
      cipher(Cipher.ENCRYPT_MODE, new GCMParameterSpec(TAG_BITS, nonce))
          .doFinal(content, 0, content.length, kept, NONCE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + CIPHER, e);
    }
    return kept;
  }

  /** Returns what was given to {@link #seal}. */
  public static byte[] open(byte[] kept) {
    byte[] content = new byte[contentBytes(kept)];
    openInto(kept, content, 0);
    return content;
  }

  /** How many bytes {@link #open} returns. */
  public static int contentBytes(byte[] kept) {
    return kept.length - OVERHEAD_BYTES;
  }

  /**
   * As {@link #open}, into an array that has room for it.
   *
   * @throws DecryptionException if this was not sealed by this process, or was changed
   */
  public static void openInto(byte[] kept, byte[] target, int offset) {
    try {
      cipher(Cipher.DECRYPT_MODE, new GCMParameterSpec(TAG_BITS, kept, 0, NONCE_BYTES))
          .doFinal(kept, NONCE_BYTES, kept.length - NONCE_BYTES, target, offset);
    } catch (AEADBadTagException e) {
      throw new DecryptionException("content in memory was changed");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + CIPHER, e);
    }
  }

  /**
   * Returns a digest by which a text is found again that is not kept itself: SHA-256 of another key
   * of this process, the salt and the text. Without that key nobody can try which text it is of.
   *
   * @param salt of one length always; those who use another cannot tell whether texts are the same
   * @throws FormatException if the text has an unpaired surrogate
   */
  static byte[] mark(byte[] salt, String text) {
    byte[] key = MARK_KEY.toArray(ValueLayout.JAVA_BYTE);
    try {
      return Sha256.of(key, salt, Utf8.encode(text));
    } finally {
      Bytes.erase(key);
    }
  }

  private static Cipher cipher(int mode, AlgorithmParameterSpec nonce)
      throws GeneralSecurityException {
    byte[] key = KEY.toArray(ValueLayout.JAVA_BYTE);
    try {
      Cipher cipher = Cipher.getInstance(CIPHER, PROVIDER);
      cipher.init(mode, new SecretKeySpec(key, "AES"), nonce);
      return cipher;
    } finally {
      Bytes.erase(key);
    }
  }
}
