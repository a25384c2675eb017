package lockstep.server.secrets;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.SecretsAccess;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.secrets.SnapshotAnswers.Answer;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Keeps what a caller was shown of a whole environment, with its overrides and with references
 * resolved. It is shown again to the same account as long as nobody has changed who may do what,
 * nor any secret of the environments that the references looked at: each use asks the database for
 * the revisions of all of them. They only grow, so if each is still what it was, then all of them
 * were at the first of these questions.
 */
final class ResolvedAnswers {

  /** Of the memory that Java may use. */
  private static final int SHARE = 16;

  private static final int OVERHEAD_BYTES = 1_000;
  private static final Duration UNUSED = Duration.ofMinutes(5);

  private final Cache<Question, Resolved> cache =
      Caffeine.newBuilder()
          .executor(Runnable::run) // Its housekeeping takes less than waking a thread.
          .maximumWeight(Runtime.getRuntime().maxMemory() / SHARE)
          .weigher((Question _, Resolved resolved) -> resolved.weight())
          .expireAfterAccess(UNUSED)
          .build();

  /** What the caller was shown, if it would be the same now. */
  Optional<Answer> find(Database database, SecretsAccess granted) {
    return Optional.ofNullable(cache.getIfPresent(Question.of(granted)))
        .filter(resolved -> resolved.isTrue(database, granted))
        .map(Resolved::answer);
  }

  /**
   * Keeps an answer.
   *
   * @param db the transaction that it was found in
   * @param revisions of the environments that it depends on
   */
  void keep(
      DSLContext db, SecretsAccess granted, Map<EnvironmentId, Revision> revisions, Answer answer) {
    Caller caller = granted.caller();
    // The caller as it was proven may follow these references: that says nothing about a later
    // state.
    if (AccessRevision.current(db, caller.organisation()) == caller.accessRevision()) {
      cache.put(Question.of(granted), new Resolved(Map.copyOf(revisions), answer));
    }
  }

  private record Question(
      EnvironmentId environment, AccountId account, AccountKind kind, long accessRevision) {

    static Question of(SecretsAccess granted) {
      Caller caller = granted.caller();
      return new Question(
          granted.environment(), caller.account(), caller.kind(), caller.accessRevision());
    }
  }

  private record Resolved(Map<EnvironmentId, Revision> revisions, Answer answer) {

    boolean isTrue(Database database, SecretsAccess granted) {
      return revisions.entrySet().stream()
          .allMatch(
              one ->
                  SecretStore.revision(database, granted.organisation(), one.getKey())
                      .filter(one.getValue()::equals)
                      .isPresent());
    }

    int weight() {
      return OVERHEAD_BYTES + answer.weight();
    }
  }
}
