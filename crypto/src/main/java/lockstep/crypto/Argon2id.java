package lockstep.crypto;

import java.nio.charset.StandardCharsets;

/** The costs at which passwords become keys. The memory is on the heap while a hash is made. */
enum Argon2id {
  /** For a password that a person types every day: 256 MiB. */
  PASSWORD(3, 256 * 1024),
  /** For the recovery phrase, which is needed only when a password is lost: 1 GiB. */
  RECOVERY(4, 1024 * 1024);

  private final int passes;
  private final int memoryKib;

  Argon2id(int passes, int memoryKib) {
    this.passes = passes;
    this.memoryKib = memoryKib;
  }

  byte[] key(String password, String salt) {
    byte[] bytes = Utf8.encode(password);
    try {
      return Backend.PRIMITIVES.argon2id(bytes, saltOf(salt), passes, memoryKib, 32);
    } finally {
      Bytes.erase(bytes);
    }
  }

  /** Makes the 16 bytes that Argon2 wants out of a text, such as an e-mail address. */
  static byte[] saltOf(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Backend.PRIMITIVES.blake2b(16, new byte[0], bytes);
  }
}
