package lockstep.crypto;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** UTF-8 without the replacement characters that the JDK puts in the place of what is not text. */
final class Utf8 {

  private Utf8() {}

  /**
   * Encodes a text.
   *
   * @throws FormatException on unpaired surrogates, which have no UTF-8 form
   */
  static byte[] encode(String text) {
    int i = 0;
    while (i < text.length()) {
      if (!Character.isSurrogate(text.charAt(i))) {
        i++;
      } else if (isPair(text, i)) {
        i += 2;
      } else {
        throw new FormatException("text with an unpaired surrogate");
      }
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isPair(String text, int at) {
    return at + 1 < text.length()
        && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1));
  }

  /**
   * Decodes what was decrypted.
   *
   * @throws DecryptionException if the bytes are not UTF-8
   */
  static String decodePlaintext(byte[] plaintext) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(plaintext)).toString();
    } catch (CharacterCodingException _) {
      throw new DecryptionException("decrypted text is not UTF-8");
    }
  }
}
