package lockstep.server.secrets;

import java.util.Arrays;
import java.util.function.Supplier;
import lockstep.crypto.MemorySeal;
import org.jspecify.annotations.Nullable;

/**
 * Content that is kept sealed, and opened for as long as any request works on it: those that
 * overlap share what the first of them has opened, and the last one erases it. So a busy server
 * does not open the same thing anew thousands of times a second, and one that is at rest has
 * nothing in clear. Safe for use by many threads.
 */
final class SharedOpening {

  private final Supplier<byte[]> opener;
  private final int weight;
  private int users;
  private byte @Nullable [] content;

  /**
   * @param opener makes a new array with the content, always the same
   * @param weight an estimate of the bytes that are kept for that by nobody else
   */
  SharedOpening(Supplier<byte[]> opener, int weight) {
    this.opener = opener;
    this.weight = weight;
  }

  /** Of a copy of this content, which is kept sealed. */
  static SharedOpening sealing(byte[] content) {
    byte[] kept = MemorySeal.seal(content);
    return new SharedOpening(() -> MemorySeal.open(kept), kept.length);
  }

  int weight() {
    return weight;
  }

  /** Opens it, if it is not open. */
  synchronized Opened open() {
    if (content == null) {
      content = opener.get();
    }
    users++;
    return new Use(content);
  }

  private synchronized void close(Use use) {
    if (!use.isClosed) {
      use.isClosed = true;
      users--;
      if (users == 0 && content != null) {
        Arrays.fill(content, (byte) 0);
        content = null;
      }
    }
  }

  private final class Use implements Opened {

    private final byte[] bytes;
    private boolean isClosed;

    Use(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public void close() {
      SharedOpening.this.close(this);
    }
  }
}
