package lockstep.server.faults;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the only writer of some batches knows about them. A batch is a number of secrets that are
 * created, changed and deleted together, so that all of them are always in one state.
 *
 * <p>A change that was acknowledged has happened. Of one whose answer was lost, or was that the
 * server cannot say, nobody knows whether it happened; but it did as a whole or not at all.
 */
final class Ledger {

  /** The state of a batch that does not exist. Others are a version, a colon and a value. */
  static final String ABSENT = "absent";

  private final Map<String, Batch> batches = new LinkedHashMap<>();

  /** One secret of a batch, as it was read back. */
  record Part(String batch, int index, String id, String state) {}

  /** Something that must not be, in words. */
  record Problem(String text) {}

  /**
   * What reading back showed.
   *
   * @param happened how many changes of unknown outcome turned out to have happened
   */
  record Comparison(List<Problem> problems, int happened) {}

  private static final class Batch {
    private final int size;
    private String certain = ABSENT;
    private @Nullable String attempted;
    private List<String> ids = List.of();

    private Batch(int size) {
      this.size = size;
    }
  }

  /** A new batch is about to be created. */
  void creating(String name, int size, String state) {
    Batch batch = new Batch(size);
    batch.attempted = state;
    batches.put(name, batch);
  }

  /** A change to a batch is about to be asked for. */
  void changing(String name, String state) {
    batch(name).attempted = state;
  }

  /** It was acknowledged. */
  void acknowledged(String name) {
    Batch batch = batch(name);
    batch.certain = Objects.requireNonNull(batch.attempted);
    batch.attempted = null;
    forgetIfAbsent(name, batch);
  }

  /** The ids of the secrets of a batch that was created. */
  void ids(String name, List<String> ids) {
    batch(name).ids = ids;
  }

  List<String> ids(String name) {
    return batch(name).ids;
  }

  /** The version of the secrets of a batch that exists. */
  int version(String name) {
    String certain = batch(name).certain;
    return Integer.parseInt(certain.substring(0, certain.indexOf(':')));
  }

  /** The batches that may be changed: those that exist for certain. */
  List<String> live() {
    return batches.entrySet().stream()
        .filter(entry -> !entry.getValue().certain.equals(ABSENT))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Compares with everything that is stored. From then on, what is stored is certain: no change is
   * on its way any more.
   */
  Comparison compare(List<Part> stored) {
    List<Problem> problems = new ArrayList<>();
    int happened = 0;
    Map<String, List<Part>> found = new TreeMap<>();
    stored.forEach(part -> found.computeIfAbsent(part.batch(), _ -> new ArrayList<>()).add(part));
    found.keySet().stream()
        .filter(name -> !batches.containsKey(name))
        .forEach(name -> problems.add(new Problem("batch " + name + " should not exist")));
    for (Map.Entry<String, Batch> entry : List.copyOf(batches.entrySet())) {
      Batch batch = entry.getValue();
      List<Part> parts = found.getOrDefault(entry.getKey(), List.of());
      String state = state(entry.getKey(), batch, parts, problems);
      if (state.equals(batch.attempted)) {
        happened++;
      } else if (!state.equals(batch.certain)) {
        problems.add(
            new Problem(
                "batch %s is %s, but %s was acknowledged%s"
                    .formatted(
                        entry.getKey(),
                        state,
                        batch.certain,
                        batch.attempted == null ? "" : ", or it may be " + batch.attempted)));
      }
      batch.certain = state;
      batch.attempted = null;
      batch.ids = parts.stream().map(Part::id).toList();
      forgetIfAbsent(entry.getKey(), batch);
    }
    return new Comparison(problems, happened);
  }

  private static String state(String name, Batch batch, List<Part> parts, List<Problem> problems) {
    if (parts.isEmpty()) {
      return ABSENT;
    }
    List<Integer> indexes = parts.stream().map(Part::index).sorted().toList();
    if (!indexes.equals(IntStream.range(0, batch.size).boxed().toList())) {
      problems.add(
          new Problem("batch %s of %d has the secrets %s".formatted(name, batch.size, indexes)));
    }
    List<String> states = parts.stream().map(Part::state).distinct().toList();
    if (states.size() > 1) {
      problems.add(new Problem("batch %s has several states: %s".formatted(name, states)));
    }
    return states.getFirst();
  }

  private void forgetIfAbsent(String name, Batch batch) {
    if (batch.certain.equals(ABSENT)) {
      batches.remove(name);
    }
  }

  private Batch batch(String name) {
    return Objects.requireNonNull(batches.get(name));
  }
}
