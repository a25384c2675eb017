package lockstep.server.secrets;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.Action;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.HistoryAccess;
import lockstep.server.audit.Audit;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.secrets.PastEnvironment.Comparison;
import lockstep.server.secrets.PastEnvironment.Difference;
import lockstep.server.secrets.PastEnvironment.PastSecret;
import lockstep.server.store.Database;

/**
 * What an environment, of any app, held at earlier times. What is read is on record first. Secrets
 * that are sealed by now, or were when they were deleted, show no value.
 */
public final class EnvironmentHistory {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final Audit audit;

  /** Reads what is kept in this database. */
  public EnvironmentHistory(Database database, EnvironmentKeyring keyring, Audit audit) {
    this.database = database;
    this.keyring = keyring;
    this.audit = audit;
  }

  /**
   * Refuses whom the others would refuse.
   *
   * @throws lockstep.server.http.ApiException 403 if the caller may not read secrets
   */
  void requirePermitted(HistoryAccess access) {
    access.to(Action.READ);
  }

  /** What there was at this time, by path and age. */
  PastEnvironment at(HistoryAccess access, Instant time, boolean withValues) {
    CiphertextAccess granted = access.to(Action.READ);
    Snapshots snapshots = read(access, granted, List.of(time));
    List<StoredVersion> held = snapshots.inOrder(snapshots.held().getFirst().keySet(), 0);
    List<PastSecret> secrets;
    try (HistoryTexts texts = snapshots.texts()) {
      secrets = held.stream().map(one -> snapshots.present(one, texts, withValues)).toList();
    }
    record(granted, held);
    return new PastEnvironment(secrets, granted.environment().value(), time);
  }

  /** What differs between two times, whatever happened in between. */
  Comparison compare(HistoryAccess access, Instant from, Instant to, boolean withValues) {
    CiphertextAccess granted = access.to(Action.READ);
    Snapshots snapshots = read(access, granted, List.of(from, to));
    Set<UUID> ids = new HashSet<>(snapshots.held().getFirst().keySet());
    ids.addAll(snapshots.held().getLast().keySet());
    List<Difference> differences = new ArrayList<>();
    List<StoredVersion> shown = new ArrayList<>();
    try (HistoryTexts texts = snapshots.texts()) {
      for (StoredVersion any : snapshots.inOrder(ids, 1)) {
        StoredVersion before = snapshots.held().getFirst().get(any.secret());
        StoredVersion after = snapshots.held().getLast().get(any.secret());
        List<String> changed =
            before == null || after == null
                ? List.of()
                : texts.changed(before.content(), after.content());
        if (before != null && after != null && changed.isEmpty()) {
          continue;
        }
        String change = before == null ? "added" : after == null ? "removed" : "changed";
        differences.add(
            new Difference(
                any.secret(),
                change,
                changed,
                before == null ? null : snapshots.present(before, texts, withValues),
                after == null ? null : snapshots.present(after, texts, withValues)));
        if (before != null) {
          shown.add(before);
        }
        if (after != null) {
          shown.add(after);
        }
      }
    }
    record(granted, shown);
    return new Comparison(differences, granted.environment().value(), from, to);
  }

  private void record(CiphertextAccess granted, List<StoredVersion> shown) {
    audit.recordDurably(granted.caller(), List.of(SecretEvents.versionsRead(granted, shown)));
  }

  private Snapshots read(HistoryAccess access, CiphertextAccess granted, List<Instant> times) {
    return database.read(
        db -> {
          List<Map<UUID, StoredVersion>> held =
              times.stream().map(time -> VersionStore.at(db, granted, time)).toList();
          Set<UUID> ids = new HashSet<>();
          held.forEach(one -> ids.addAll(one.keySet()));
          return new Snapshots(
              held, SecretStore.findEver(db, granted, ids), HistoryTexts.open(db, keyring, access));
        });
  }

  /** What there was at some times, and what became of it. */
  private record Snapshots(
      List<Map<UUID, StoredVersion>> held, Map<UUID, KnownSecret> known, HistoryTexts texts) {

    /** One version of each secret, by path and age; of this snapshot if it has one. */
    List<StoredVersion> inOrder(Set<UUID> ids, int preferred) {
      return ids.stream()
          .map(
              id -> {
                StoredVersion version = held.get(preferred).get(id);
                return version == null ? Objects.requireNonNull(held.getFirst().get(id)) : version;
              })
          .sorted(
              Comparator.comparing((StoredVersion one) -> one.content().path())
                  .thenComparing(one -> known(one).createdAt())
                  .thenComparing(one -> one.secret().toString()))
          .toList();
    }

    PastSecret present(StoredVersion one, HistoryTexts texts, boolean withValues) {
      SecretContent content = one.content();
      boolean withValue = withValues && !content.isSealed() && !known(one).isSealed();
      return new PastSecret(
          one.secret(),
          one.version(),
          content.path(),
          content.keyDigest(),
          content.tags(),
          content.type(),
          texts.plaintext(content, withValue),
          texts.ciphertext(content, withValue),
          known(one).createdAt(),
          one.createdAt());
    }

    private StoredSecret known(StoredVersion one) {
      return Objects.requireNonNull(known.get(one.secret())).secret();
    }
  }
}
