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
 * instants the microseconds since 1970 as a decimal number, texts UTF-8.
 */
public final class StoredBytes {

  private StoredBytes() {}

  /** The bytes of a column; null for null. */
  public static Field<byte[]> of(DSLContext db, Field<?> column) {
    return DSL.field(sql(db, column), SQLDataType.BLOB, column);
  }

  private static String sql(DSLContext db, Field<?> column) {
    if (db.family() == SQLDialect.SQLITE) {
      return "cast({0} as blob)";
    }
    return column.getType() == Instant.class
        ? "convert_to(cast(cast(extract(epoch from {0}) * 1000000 as bigint) as text), 'UTF8')"
        : "convert_to(cast({0} as text), 'UTF8')";
  }
}
