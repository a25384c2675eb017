package lockstep.crypto;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** Hands out the given values, each once and in order, and nothing after them. */
final class ScriptedEntropy implements Entropy {

  private final Queue<byte[]> values;

  ScriptedEntropy(byte[]... values) {
    this.values = new ArrayDeque<>(List.of(values));
  }

  @Override
  public byte[] bytes(int length) {
    byte[] value = values.remove();
    if (value.length != length) {
      throw new AssertionError(length + " random bytes wanted, not " + value.length);
    }
    return value.clone();
  }
}
