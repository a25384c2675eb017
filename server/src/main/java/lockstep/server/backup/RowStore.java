package lockstep.server.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jooq.BatchBindStep;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Whole tables, whosever rows are in them. */
final class RowStore {

  /** A row can be a mebibyte long. */
  private static final int ROWS_AT_ONCE = 50;

  private RowStore() {}

  /** All rows, a few at a time; the caller closes the cursor. */
  static Cursor<? extends Record> all(DSLContext db, Table<?> table) {
    return db.selectFrom(table).fetchSize(ROWS_AT_ONCE).fetchLazy();
  }

  /**
   * Inserts rows.
   *
   * @param table a name that can stand in SQL as it is, as all of the columns
   * @throws org.jooq.exception.DataAccessException if they do not fit
   */
  static void insert(
      DSLContext db, String table, Map<String, ColumnType> columns, List<@Nullable Object[]> rows) {
    List<Field<?>> fields = new ArrayList<>();
    columns.forEach((name, type) -> fields.add(DSL.field(DSL.name(name), type.stored())));
    BatchBindStep batch =
        db.batch(
            db.insertInto(DSL.table(DSL.name(table)))
                .columns(fields)
                .values(new @Nullable Object[fields.size()]));
    for (@Nullable Object[] values : rows) {
      batch = batch.bind(values);
    }
    batch.execute();
  }
}
