package lockstep.server.store;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import lockstep.server.store.tables.DefaultSchema;
import org.jooq.ForeignKey;
import org.jooq.Table;

/** Every table of the schema of this version. */
public final class StoredTables {

  private StoredTables() {}

  /** In an order in which their rows can be inserted: what refers to a row comes after it. */
  public static List<Table<?>> inOrder() {
    Set<Table<?>> ordered = new LinkedHashSet<>();
    DefaultSchema.DEFAULT_SCHEMA.getTables().forEach(table -> add(table, ordered));
    return new ArrayList<>(ordered);
  }

  /** Migrations let no tables refer to each other in a circle: rows of such could not be made. */
  private static void add(Table<?> table, Set<Table<?>> ordered) {
    for (ForeignKey<?, ?> reference : table.getReferences()) {
      Table<?> target = reference.getKey().getTable();
      if (!target.equals(table) && !ordered.contains(target)) {
        add(target, ordered);
      }
    }
    ordered.add(table);
  }
}
