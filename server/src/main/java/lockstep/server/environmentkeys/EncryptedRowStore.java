package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_VERSION;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.inline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.environmentkeys.RotationPage.Cursor;
import lockstep.server.environmentkeys.StoredTexts.Row;
import lockstep.server.store.Chunks;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** Queries about everything that is encrypted in one environment, row by row. */
final class EncryptedRowStore {

  /** So many rows are read before it is looked at how long they are. */
  private static final int ROWS_AT_ONCE = 50;

  private EncryptedRowStore() {}

  /**
   * Something encrypted that is stored.
   *
   * @param version id and version of the secret that it is of
   */
  record Stored(Row row, String version) {

    @Override
    public String toString() {
      return "Stored[" + version + "]";
    }
  }

  /**
   * Rows in the order of their ids.
   *
   * @param more whether there may be others of their kind
   */
  record Page(List<Stored> rows, boolean more) {

    /** Where the next one begins; empty after the last one. */
    Optional<Cursor> next(EncryptedKind kind) {
      return more
          ? Optional.of(new Cursor(kind, Optional.of(rows.getLast().row().id())))
          : kind.next().map(other -> new Cursor(other, Optional.empty()));
    }
  }

  /**
   * Rows of the environment in the order of their ids: some at least, if there are any, and no more
   * than have about so many characters.
   */
  static Page page(
      DSLContext db,
      EnvironmentAccess access,
      Cursor cursor,
      int maximumRows,
      long maximumCharacters) {
    Source source = Source.of(cursor.kind());
    List<UUID> ids =
        db.select(source.id())
            .from(source.table())
            .where(source.isIn(access))
            .and(cursor.after().<Condition>map(source.id()::gt).orElseGet(DSL::noCondition))
            .orderBy(source.id())
            .limit(maximumRows)
            .fetch(source.id());
    List<Stored> page = new ArrayList<>();
    long characters = 0;
    for (int start = 0; start < ids.size(); start += ROWS_AT_ONCE) {
      List<UUID> some = ids.subList(start, Math.min(start + ROWS_AT_ONCE, ids.size()));
      Map<UUID, Stored> found = stored(db, access, cursor.kind(), some);
      for (UUID id : some) {
        Stored one = found.get(id);
        if (one == null) {
          continue; // Gone since the ids were read.
        }
        characters += characters(one.row());
        if (characters > maximumCharacters && !page.isEmpty()) {
          return new Page(page, true);
        }
        page.add(one);
      }
    }
    return new Page(page, ids.size() == maximumRows && !page.isEmpty());
  }

  private static long characters(Row row) {
    return (long) row.key().length() + row.value().length() + row.comment().length();
  }

  /**
   * Those of the rows that are in the environment. Not asked for by it: SQLite would then read all
   * of the environment.
   */
  static Map<UUID, Stored> stored(
      DSLContext db, EnvironmentAccess access, EncryptedKind kind, Collection<UUID> ids) {
    Source source = Source.of(kind);
    Map<UUID, Stored> found = new HashMap<>();
    for (List<UUID> some : Chunks.of(ids)) {
      db
          .select(source.columns())
          .from(source.table())
          .where(source.organisation().eq(access.organisation().value()))
          .and(source.id().in(some))
          .fetch()
          .stream()
          .filter(row -> row.get(source.environment()).equals(access.environment().value()))
          .forEach(
              row ->
                  found.put(
                      row.get(source.id()),
                      new Stored(
                          new Row(
                              row.get(source.id()),
                              row.get(source.key()),
                              row.get(source.digest()),
                              row.get(source.value()),
                              row.get(source.comment())),
                          row.get(source.secret()) + ":" + row.get(source.version()))));
    }
    return found;
  }

  /** Where rows of a kind are. */
  record Source(
      Table<?> table,
      Field<UUID> id,
      Field<UUID> organisation,
      Field<UUID> environment,
      Field<UUID> secret,
      Field<Integer> version,
      Field<String> key,
      Field<String> digest,
      Field<String> value,
      Field<String> comment) {

    static Source of(EncryptedKind kind) {
      return switch (kind) {
        case SECRET ->
            new Source(
                SECRET,
                SECRET.ID,
                SECRET.ORGANISATION_ID,
                SECRET.ENVIRONMENT_ID,
                SECRET.ID,
                SECRET.VERSION,
                SECRET.KEY_CIPHERTEXT,
                SECRET.KEY_DIGEST,
                SECRET.VALUE_CIPHERTEXT,
                SECRET.COMMENT_CIPHERTEXT);
        case VERSION ->
            new Source(
                SECRET_VERSION,
                SECRET_VERSION.ID,
                SECRET_VERSION.ORGANISATION_ID,
                SECRET_VERSION.ENVIRONMENT_ID,
                SECRET_VERSION.SECRET_ID,
                SECRET_VERSION.VERSION,
                SECRET_VERSION.KEY_CIPHERTEXT,
                SECRET_VERSION.KEY_DIGEST,
                SECRET_VERSION.VALUE_CIPHERTEXT,
                SECRET_VERSION.COMMENT_CIPHERTEXT);
        case OVERRIDE ->
            new Source(
                SECRET_OVERRIDE.join(SECRET).on(SECRET.ID.eq(SECRET_OVERRIDE.SECRET_ID)),
                SECRET_OVERRIDE.ID,
                SECRET_OVERRIDE.ORGANISATION_ID,
                SECRET.ENVIRONMENT_ID,
                SECRET_OVERRIDE.SECRET_ID,
                SECRET.VERSION,
                inline("").as("no_key"),
                inline("").as("no_digest"),
                SECRET_OVERRIDE.VALUE_CIPHERTEXT,
                inline("").as("no_comment"));
      };
    }

    Condition isIn(EnvironmentAccess access) {
      return organisation
          .eq(access.organisation().value())
          .and(environment.eq(access.environment().value()));
    }

    Set<SelectFieldOrAsterisk> columns() {
      // The id of a secret is what it is of, too.
      return new HashSet<>(List.of(id, environment, key, digest, value, comment, secret, version));
    }
  }

  /** How many rows of each kind the environment has. */
  static Map<EncryptedKind, Integer> present(DSLContext db, EnvironmentAccess access) {
    Map<EncryptedKind, Integer> counts = new EnumMap<>(EncryptedKind.class);
    for (EncryptedKind kind : EncryptedKind.values()) {
      Source source = Source.of(kind);
      counts.put(
          kind,
          db.select(count())
              .from(source.table())
              .where(source.isIn(access))
              .fetchSingle()
              .value1());
    }
    return counts;
  }
}
