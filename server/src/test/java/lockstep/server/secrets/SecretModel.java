package lockstep.server.secrets;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the batches of the API mean, as plainly as it can be said: an environment is a map, a batch
 * changes a copy, and the copy counts only if nothing was wrong.
 */
final class SecretModel {

  /** A live secret. */
  record Entry(String path, String key, String value, boolean sealed, int version) {
    String name() {
      return path + " " + key;
    }
  }

  /** What a batch is answered with: a status, and secrets or an error. */
  record Outcome(int status, String error, List<Entry> secrets) {}

  /** One entry of a batch that creates or changes; what is empty is not sent. */
  record Write(
      String id,
      Optional<String> key,
      Optional<String> value,
      Optional<String> path,
      Optional<String> type) {}

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;

    Refused(int status, String error) {
      super(error);
      this.status = status;
    }
  }

  private Map<String, Entry> secrets = new LinkedHashMap<>();

  Map<String, Entry> secrets() {
    return secrets;
  }

  /**
   * Creates.
   *
   * @param ids the ids that the server gave, if it accepted the batch
   */
  Outcome create(List<Write> batch, List<String> ids) {
    return atomically(
        201,
        copy -> {
          List<Entry> created = new ArrayList<>();
          for (Write write : batch) {
            Entry entry =
                new Entry(
                    write.path().orElse("/"),
                    write.key().orElseThrow().toUpperCase(Locale.ROOT),
                    write.value().orElseThrow(),
                    write.type().equals(Optional.of("sealed")),
                    1);
            if (copy.values().stream().anyMatch(other -> other.name().equals(entry.name()))) {
              throw new Refused(409, SecretsContract.DUPLICATE);
            }
            // When the server refused what is right here, ids are missing: any will do.
            String id = created.size() < ids.size() ? ids.get(created.size()) : "no id " + entry;
            copy.put(id, entry);
            created.add(entry);
          }
          return created;
        });
  }

  Outcome update(List<Write> batch) {
    return atomically(
        200,
        copy -> {
          Set<String> seen = new HashSet<>();
          for (Write write : batch) {
            if (!seen.add(write.id())) {
              throw new Refused(400, "Duplicate secret ID in request: " + write.id());
            }
          }
          for (Write write : batch) {
            if (!copy.containsKey(write.id())) {
              throw new Refused(404, "Secret not found: " + write.id());
            }
          }
          List<Entry> updated = new ArrayList<>();
          for (Write write : batch) {
            Entry changed = changed(copy.getOrDefault(write.id(), NOTHING), write);
            copy.put(write.id(), changed);
            updated.add(changed);
          }
          if (copy.values().stream().map(Entry::name).distinct().count() < copy.size()) {
            throw new Refused(409, SecretsContract.DUPLICATE);
          }
          return updated;
        });
  }

  private static final Entry NOTHING = new Entry("", "", "", false, 0);

  private static Entry changed(Entry before, Write write) {
    boolean unseals = write.type().isPresent() && !write.type().equals(Optional.of("sealed"));
    if (before.sealed() && unseals) {
      throw new Refused(
          400, "Sealed secrets cannot be unsealed. Delete and recreate the secret instead.");
    }
    return new Entry(
        write.path().orElse(before.path()),
        write.key().map(key -> key.toUpperCase(Locale.ROOT)).orElse(before.key()),
        before.sealed() ? before.value() : write.value().orElse(before.value()),
        before.sealed() || write.type().equals(Optional.of("sealed")),
        before.version() + 1);
  }

  Outcome delete(List<String> ids) {
    return atomically(
        200,
        copy -> {
          List<String> missing =
              ids.stream().distinct().filter(id -> !copy.containsKey(id)).toList();
          if (!missing.isEmpty()) {
            throw new Refused(
                404, "Secret(s) not found in this environment: " + String.join(", ", missing));
          }
          copy.keySet().removeAll(ids);
          return List.of();
        });
  }

  private interface Batch {
    List<Entry> run(Map<String, Entry> copy);
  }

  private Outcome atomically(int success, Batch batch) {
    Map<String, Entry> copy = new LinkedHashMap<>(secrets);
    try {
      List<Entry> answer = batch.run(copy);
      secrets = copy;
      return new Outcome(success, "", answer);
    } catch (Refused refused) {
      return new Outcome(refused.status, String.valueOf(refused.getMessage()), List.of());
    }
  }
}
