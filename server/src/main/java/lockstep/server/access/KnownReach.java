package lockstep.server.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Remembers that a caller was let through to an environment, as it was asked for. What is
 * remembered belongs to one {@link AccessRevision} and is found only by callers who were proven at
 * the same one. Refusals are not remembered.
 */
final class KnownReach {

  private static final int MAXIMUM = 100_000;
  private static final int LONGEST_TEXTS = 256;
  private static final Duration UNUSED = Duration.ofMinutes(10);

  private final Database database;
  private final Cache<Question, ReachStore.Environment> known =
      Caffeine.newBuilder()
          .executor(Runnable::run) // Its housekeeping takes less than waking a thread.
          .maximumSize(MAXIMUM)
          .expireAfterAccess(UNUSED)
          .build();

  KnownReach(Database database) {
    this.database = database;
  }

  /**
   * The environment, if the caller may do this with it.
   *
   * @param asked what else the decision depends on, as the client wrote it
   * @param decision throws the refusal
   */
  ReachStore.Environment decide(
      Caller caller,
      Action action,
      Asked asked,
      Function<DSLContext, ReachStore.Environment> decision) {
    Question question = Question.of(caller, action, asked);
    ReachStore.Environment remembered = known.getIfPresent(question);
    return remembered == null
        ? database.read(
            db -> {
              ReachStore.Environment found = decision.apply(db);
              // Decided about the caller as it was proven: that says nothing about a later state.
              if (asked.isShort()
                  && AccessRevision.current(db, caller.organisation()) == caller.accessRevision()) {
                known.put(question, found);
              }
              return found;
            })
        : remembered;
  }

  /** How a client names an environment, and whether the server has to be able to open it. */
  record Asked(
      boolean opened, Optional<String> environment, Optional<String> app, Optional<String> name) {

    /** Clients may write long texts where they do not matter, and none of them is kept. */
    boolean isShort() {
      return length(environment) + length(app) + length(name) <= LONGEST_TEXTS;
    }

    private static int length(Optional<String> text) {
      return text.map(String::length).orElse(0);
    }
  }

  private record Question(
      OrganisationId organisation,
      long revision,
      AccountId account,
      AccountKind kind,
      Action action,
      Asked asked) {

    static Question of(Caller caller, Action action, Asked asked) {
      return new Question(
          caller.organisation(),
          caller.accessRevision(),
          caller.account(),
          caller.kind(),
          action,
          asked);
    }
  }
}
