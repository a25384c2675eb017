package lockstep.server.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Cuts what a client or a large organisation may make long into pieces that fit one statement: both
 * databases limit how much a statement may hold, each in its own way.
 */
public final class Chunks {

  /** Two lists of so many values are well below every limit. */
  private static final int SIZE = 400;

  private Chunks() {}

  /** The same values in lists of bounded length, in their order. */
  public static <T> List<List<T>> of(Collection<T> values) {
    List<T> all = List.copyOf(values);
    List<List<T>> chunks = new ArrayList<>();
    for (int start = 0; start < all.size(); start += SIZE) {
      chunks.add(all.subList(start, Math.min(start + SIZE, all.size())));
    }
    return chunks;
  }
}
