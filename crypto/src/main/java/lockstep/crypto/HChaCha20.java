package lockstep.crypto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The step that lengthens the nonce of ChaCha20: key and 16 bytes of nonce give a subkey. */
final class HChaCha20 {

  static final int INPUT_BYTES = 16;

  private HChaCha20() {}

  static byte[] subkey(byte[] key, byte[] input) {
    int[] state = new int[16];
    // "expand 32-byte k" as little-endian words.
    state[0] = 0x61707865;
    state[1] = 0x3320646e;
    state[2] = 0x79622d32;
    state[3] = 0x6b206574;
    littleEndian(key).asIntBuffer().get(state, 4, 8);
    littleEndian(input).asIntBuffer().get(state, 12, 4);

    for (int doubleRound = 0; doubleRound < 10; doubleRound++) {
      for (int column = 0; column < 4; column++) {
        quarterRound(state, column, column + 4, column + 8, column + 12);
      }
      for (int diagonal = 0; diagonal < 4; diagonal++) {
        quarterRound(
            state,
            diagonal,
            (diagonal + 1) % 4 + 4,
            (diagonal + 2) % 4 + 8,
            (diagonal + 3) % 4 + 12);
      }
    }

    byte[] subkey = new byte[32];
    littleEndian(subkey).asIntBuffer().put(state, 0, 4).put(state, 12, 4);
    Arrays.fill(state, 0);
    return subkey;
  }

  private static void quarterRound(int[] state, int a, int b, int c, int d) {
    state[a] += state[b];
    state[d] = Integer.rotateLeft(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = Integer.rotateLeft(state[b] ^ state[c], 12);
    state[a] += state[b];
    state[d] = Integer.rotateLeft(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = Integer.rotateLeft(state[b] ^ state[c], 7);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
