package lockstep.server.testing;

import java.util.Optional;
import java.util.function.Function;
import lockstep.server.store.Database;
import lockstep.server.store.PlainSql;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Another database, for tests that change something about it. */
public abstract class ForwardingDatabase implements Database {

  private final Database database;

  protected ForwardingDatabase(Database database) {
    this.database = database;
  }

  /** The other one. */
  protected final Database database() {
    return database;
  }

  @Override
  public <T extends @Nullable Object> T read(Function<DSLContext, T> work) {
    return database.read(work);
  }

  @Override
  public <T> Optional<T> readOne(
      String sql, Function<PlainSql.Row, T> reader, Object... parameters) {
    return database.readOne(sql, reader, parameters);
  }

  @Override
  public <T extends @Nullable Object> T write(Function<DSLContext, T> work) {
    return database.write(work);
  }

  @Override
  public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
    return database.writeLong(work);
  }

  @Override
  public void close() {
    database.close();
  }
}
