package lockstep.crypto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Keys derived from a master key by number and eight-letter context. */
final class Subkey {

  private Subkey() {}

  static byte[] derive(byte[] masterKey, long id, String context, int length) {
    byte[] salt = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(id).array();
    byte[] personalisation =
        ByteBuffer.allocate(16).put(context.getBytes(StandardCharsets.US_ASCII)).array();
    return Backend.PRIMITIVES.blake2b(length, masterKey, salt, personalisation, new byte[0]);
  }
}
