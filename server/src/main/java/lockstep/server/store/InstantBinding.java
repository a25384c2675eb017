package lockstep.server.store;

import java.io.Serial;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.jooq.Binding;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingGetSQLInputContext;
import org.jooq.BindingGetStatementContext;
import org.jooq.BindingRegisterContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetSQLOutputContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Instants in columns declared {@code timestamptz}, with microseconds: native on PostgreSQL,
 * integer microseconds since the epoch on SQLite, where text would make reading a hundred rows
 * several times slower. Finer fractions are cut off.
 */
@SuppressWarnings("NullAway") // jOOQ passes null for SQL NULL through types without annotations
public final class InstantBinding implements Binding<Object, Instant> {

  @Serial private static final long serialVersionUID = 1;

  private static final Converter<Object, Instant> CONVERTER =
      Converter.ofNullable(
          Object.class, Instant.class, InstantBinding::fromStored, InstantBinding::toMicroseconds);

  private static Instant fromStored(Object stored) {
    return switch (stored) {
      case Number microseconds -> ofMicroseconds(microseconds.longValue());
      case OffsetDateTime time -> time.toInstant();
      default -> throw new IllegalArgumentException("not a stored instant: " + stored.getClass());
    };
  }

  private static Object toMicroseconds(Instant instant) {
    // Cut off first: the distance would be rounded towards 1970, and PostgreSQL cuts downwards.
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant.truncatedTo(ChronoUnit.MICROS));
  }

  private static Instant ofMicroseconds(long microseconds) {
    return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
  }

  private static boolean isSqlite(SQLDialect dialect) {
    return dialect.family() == SQLDialect.SQLITE;
  }

  @Override
  public Converter<Object, Instant> converter() {
    return CONVERTER;
  }

  @Override
  public void sql(BindingSQLContext<Instant> context) {
    if (context.render().paramType() == org.jooq.conf.ParamType.INLINED) {
      Instant value = context.value();
      String literal =
          value == null
              ? "null"
              : isSqlite(context.dialect())
                  ? String.valueOf(toMicroseconds(value))
                  : "timestamptz '" + value.truncatedTo(ChronoUnit.MICROS) + "'";
      context.render().visit(DSL.raw(literal));
    } else {
      context.render().sql(isSqlite(context.dialect()) ? "?" : "cast(? as timestamptz)");
    }
  }

  @Override
  public void register(BindingRegisterContext<Instant> context) throws SQLException {
    throw new SQLFeatureNotSupportedException("stored procedures");
  }

  @Override
  public void set(BindingSetStatementContext<Instant> context) throws SQLException {
    @Nullable Instant value = context.value();
    if (isSqlite(context.dialect())) {
      context.statement().setObject(context.index(), value == null ? null : toMicroseconds(value));
    } else {
      context
          .statement()
          .setObject(
              context.index(),
              value == null
                  ? null
                  : OffsetDateTime.ofInstant(value.truncatedTo(ChronoUnit.MICROS), ZoneOffset.UTC));
    }
  }

  @Override
  public void get(BindingGetResultSetContext<Instant> context) throws SQLException {
    ResultSet row = context.resultSet();
    if (isSqlite(context.dialect())) {
      long microseconds = row.getLong(context.index());
      context.value(row.wasNull() ? null : ofMicroseconds(microseconds));
    } else {
      OffsetDateTime time = row.getObject(context.index(), OffsetDateTime.class);
      context.value(time == null ? null : time.toInstant());
    }
  }

  @Override
  public void set(BindingSetSQLOutputContext<Instant> context) throws SQLException {
    throw new SQLFeatureNotSupportedException("user-defined types");
  }

  @Override
  public void get(BindingGetStatementContext<Instant> context) throws SQLException {
    throw new SQLFeatureNotSupportedException("stored procedures");
  }

  @Override
  public void get(BindingGetSQLInputContext<Instant> context) throws SQLException {
    throw new SQLFeatureNotSupportedException("user-defined types");
  }
}
