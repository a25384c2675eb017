package lockstep.server.store;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction does last, after the work that began it. A row that all transactions change is
 * locked there, so that it is held briefly, and after all other rows, so that nobody who holds it
 * waits for a row.
 */
public final class BeforeCommit {

  private static final String KEY = "lockstep.before-commit";

  private BeforeCommit() {}

  /** Runs once, before the commit; gathers what is to be written until then. */
  public interface Step {

    /** Writes what was gathered. */
    void run();

    /** Is told that the transaction, and with it what was written, is durable. Must not throw. */
    void committed();

    /** What the transaction fails with if the database refuses, other than for a while. */
    RuntimeException refused(DataAccessException failure);
  }

  /**
   * The step of this transaction. There is one kind of step.
   *
   * @param maker makes the step, if the transaction has none yet
   */
  public static <S extends Step> S step(DSLContext db, Class<S> kind, Supplier<S> maker) {
    Object existing = db.configuration().data(KEY);
    if (existing != null) {
      return kind.cast(existing);
    }
    S made = Objects.requireNonNull(maker.get());
    db.configuration().data(KEY, made);
    return made;
  }

  /** The step of this transaction, if it has one of this kind. */
  public static <S extends Step> Optional<S> existing(DSLContext db, Class<S> kind) {
    return Optional.ofNullable(db.configuration().data(KEY))
        .filter(kind::isInstance)
        .map(kind::cast);
  }

  /** Forgets the step of a unit of work that used the same context before. */
  static void forget(DSLContext db) {
    db.configuration().data().remove(KEY);
  }

  /**
   * Runs the step, if there is one. Returns what is to be done once the commit has succeeded.
   *
   * @param passing tells failures that the database itself reports well enough
   */
  static Runnable run(DSLContext db, Predicate<DataAccessException> passing) {
    @Nullable Object step = db.configuration().data().remove(KEY);
    if (step instanceof Step last) {
      try {
        last.run();
      } catch (DataAccessException e) {
        throw passing.test(e) ? e : last.refused(e);
      }
      return last::committed;
    }
    return () -> {};
  }
}
