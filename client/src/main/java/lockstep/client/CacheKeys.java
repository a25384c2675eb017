package lockstep.client;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import lockstep.crypto.Hex;
import lockstep.crypto.Token;

/**
 * Keys and file names of one token's answers from one address, derived by HKDF-SHA-256 from the
 * whole token, most of which no server ever sees. Every entry has a key of its own, so that a file
 * that was moved to another name, token or address does not open.
 */
final class CacheKeys {

  private static final int KEY_BYTES = 32;
  private static final int NAME_BYTES = 16;

  private final byte[] token;
  private boolean erased;
  private final String address;

  CacheKeys(Token token, Address address) {
    this.token = token.text().getBytes(StandardCharsets.US_ASCII);
    this.address = address.text();
  }

  String folderName() {
    return Hex.encode(derive("folder", "", NAME_BYTES));
  }

  String fileName(String entry) {
    return Hex.encode(derive("file", entry, NAME_BYTES));
  }

  /** The caller erases it. */
  byte[] key(String entry) {
    return derive("key", entry, KEY_BYTES);
  }

  /**
   * Not from what is left when the token is erased: that anybody could derive.
   *
   * @throws IllegalStateException if it is
   */
  private synchronized byte[] derive(String purpose, String entry, int bytes) {
    if (erased) {
      throw new IllegalStateException("the client is closed");
    }
    byte[] info =
        String.join("\0", "lockstep offline cache 1", purpose, address, entry)
            .getBytes(StandardCharsets.UTF_8);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.ofExtract().addIKM(token).thenExpand(info, bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HKDF-SHA256", e);
    }
  }

  synchronized void erase() {
    erased = true;
    Arrays.fill(token, (byte) 0);
  }
}
