package lockstep.server.store;

import java.time.Instant;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * What a column holds, byte by byte and the same on both databases: what a driver makes of a value
 * can be the same for different ones, such as an id in capital letters. Ids are their text,
 * instants the microseconds since 1970 as a decimal number, texts UTF-8, hashes themselves. What
 * SQLite keeps as another kind of value than the server stores has other bytes.
 */
public final class StoredBytes {

  private StoredBytes() {}

  /** The bytes of a column; null for null. */
  public static Field<byte[]> of(DSLContext db, Field<?> column) {
    return DSL.field(sql(db, column), SQLDataType.BLOB, column);
  }

  private static String storedAs(Class<?> type) {
    if (type == byte[].class) {
      return "blob";
    }
    return type == Instant.class ? "integer" : "text";
  }

  private static String sql(DSLContext db, Field<?> column) {
    if (db.family() == SQLDialect.SQLITE) {
      return "case when typeof({0}) in ('null', '"
          + storedAs(column.getType())
          + "') then cast({0} as blob)"
          + " else cast('stored as ' || typeof({0}) as blob) end";
    }
    if (column.getType() == byte[].class) {
      return "{0}";
    }
    return column.getType() == Instant.class
        ? "convert_to(cast(cast(extract(epoch from {0}) * 1000000 as bigint) as text), 'UTF8')"
        : "convert_to(cast({0} as text), 'UTF8')";
  }
}
