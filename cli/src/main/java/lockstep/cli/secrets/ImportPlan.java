package lockstep.cli.secrets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import lockstep.cli.api.CommandException;
import lockstep.client.Environment;
import lockstep.client.LockstepException;
import lockstep.client.NewSecret;
import lockstep.client.Secret;
import lockstep.client.SecretChange;
import lockstep.client.SecretType;
import lockstep.client.Secrets;

/**
 * What an import does with each entry. {@code toString} shows no value.
 *
 * @param outcomes what becomes of each name, in a word
 * @param created values of new secrets by name
 * @param changed new values of secrets that are there
 */
record ImportPlan(
    Map<String, String> outcomes, Map<String, String> created, Map<Secret, String> changed) {

  /**
   * Compares entries with the secrets of a folder.
   *
   * @throws CommandException if two entries have the same name in upper case
   */
  static ImportPlan of(Map<String, String> entries, Secrets present, String path) {
    Map<String, String> outcomes = new LinkedHashMap<>();
    Map<String, String> created = new LinkedHashMap<>();
    Map<Secret, String> changed = new LinkedHashMap<>();
    entries.forEach(
        (typed, value) -> {
          Optional<Secret> secret = Names.find(present, path, typed);
          String key = secret.map(Secret::key).orElse(Names.written(typed));
          String outcome;
          if (secret.isEmpty()) {
            created.put(key, value);
            outcome = "created";
          } else if (secret.get().sharedValue().equals(value)) {
            outcome = "unchanged";
          } else {
            changed.put(secret.get(), value);
            outcome = "changed";
          }
          if (outcomes.put(key, outcome) != null) {
            throw new CommandException(
                "the file has '" + key + "' twice, in different letter case");
          }
        });
    return new ImportPlan(outcomes, created, changed);
  }

  /** The same plan, in which secrets that have another value are kept, or refused. */
  ImportPlan withoutChanges(boolean keep) {
    Map<String, String> renamed = new LinkedHashMap<>(outcomes);
    changed.keySet().forEach(secret -> renamed.put(secret.key(), keep ? "kept" : "refused"));
    return new ImportPlan(renamed, created, Map.of());
  }

  /** Names for which nobody said what to do. */
  List<String> refused() {
    return outcomes.entrySet().stream()
        .filter(entry -> entry.getValue().equals("refused"))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Creates in one request and changes in another, each of which is carried out as a whole or not
   * at all.
   *
   * @throws CommandException if something is refused; nothing was done then
   */
  void carryOut(Environment environment, String path, List<String> tags) {
    if (!refused().isEmpty()) {
      throw new CommandException(
          "nothing was done: there already, with another value: "
              + String.join(", ", refused())
              + "; use --overwrite or --keep-existing");
    }
    List<SecretChange> changes = changes();
    environment.create(
        created.entrySet().stream()
            .map(entry -> NewSecret.of(entry.getKey(), entry.getValue()).in(path).withTags(tags))
            .toList());
    try {
      environment.update(changes);
    } catch (LockstepException e) {
      if (created.isEmpty()) {
        throw e;
      }
      throw new CommandException(
          "the new secrets were created, but those that were there may be unchanged: "
              + e.getMessage()
              + ". Try again",
          e);
    }
  }

  private List<SecretChange> changes() {
    List<SecretChange> changes = new ArrayList<>();
    changed.forEach(
        (secret, value) -> {
          if (secret.type() == SecretType.SEALED) {
            throw new CommandException(
                "nothing was done: "
                    + secret.key()
                    + " is sealed, so that its value cannot change");
          }
          changes.add(SecretChange.of(secret).value(value));
        });
    return changes;
  }

  /** In words, such as {@code 2 created, 1 unchanged}. */
  String summary() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    outcomes.values().forEach(outcome -> counts.merge(outcome, 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((outcome, count) -> parts.add(count + " " + outcome));
    return parts.isEmpty() ? "nothing to do" : String.join(", ", parts);
  }

  @Override
  public String toString() {
    return "ImportPlan" + outcomes;
  }
}
