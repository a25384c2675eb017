package lockstep.server.testing;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import lockstep.server.store.Database;
import lockstep.server.store.PlainSql;
import org.jooq.DSLContext;
import org.jooq.ExecuteContext;
import org.jooq.ExecuteListener;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Counts the statements that are sent to a database; a batch is one. */
public final class CountingDatabase extends ForwardingDatabase {

  private final AtomicInteger statements = new AtomicInteger();

  public CountingDatabase(Database database) {
    super(database);
  }

  /** How many statements a request takes. */
  public int statementsOf(Runnable request) {
    int before = statements.get();
    request.run();
    return statements.get() - before;
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    return super.read(db -> work.apply(counting(db)));
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    statements.incrementAndGet();
    return super.readOne(sql, reader, parameters);
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    return super.write(db -> work.apply(counting(db)));
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    return super.writeLong(db -> work.apply(counting(db)));
  }

  private DSLContext counting(DSLContext db) {
    return DSL.using(db.configuration().derive(new Listener()));
  }

  private final class Listener implements ExecuteListener {

    private static final long serialVersionUID = 1;

    @Override
    public void executeStart(ExecuteContext context) {
      statements.incrementAndGet();
    }
  }
}
