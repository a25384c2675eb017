package lockstep.server.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import lockstep.crypto.ServerKey;
import lockstep.server.keys.ServerKeyCheck;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.store.StoredTables;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes backups. A backup is one state of the whole database, whoever writes to it meanwhile; its
 * rows go from the database to the file one by one.
 */
public final class BackupWriter {

  static final JsonMapper JSON = JsonMapper.builder().build();
  static final int FORMAT = 1;

  private final Database database;
  private final ServerKeys serverKeys;
  private final String program;
  private final Clock clock;

  /**
   * Backs up this database.
   *
   * @param program version of this program
   */
  public BackupWriter(Database database, ServerKeys serverKeys, String program, Clock clock) {
    this.database = database;
    this.serverKeys = serverKeys;
    this.program = program;
    this.clock = clock;
  }

  /**
   * Writes everything there is, and leaves the stream open.
   *
   * @throws lockstep.server.keys.ServerKeyMismatchException if the key is not the database's
   * @throws lockstep.server.store.StoreUnavailableException if the database cannot be read
   * @throws IOException if the stream cannot be written
   */
  public BackupSummary write(OutputStream out) throws IOException {
    ServerKeyCheck.requireSame(database, serverKeys);
    try {
      return database.read(db -> write(db, out));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private BackupSummary write(DSLContext db, OutputStream out) {
    try {
      GZIPOutputStream compressed = new GZIPOutputStream(out, 1 << 16);
      BackupHeader header = header(db);
      ServerKey serverKey = serverKeys.find(header.serverKey()).orElseThrow();
      Lines lines = new Lines(compressed, new Proof(serverKey));
      BackupSummary summary = new BackupSummary(header, new LinkedHashMap<>());
      lines.write(written(summary.header()));
      for (Table<?> table : StoredTables.inOrder()) {
        summary.rows().put(table.getName(), write(db, table, lines));
      }
      lines.end(summary.rows());
      compressed.finish();
      return summary;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The time is taken before the first query, which decides what state is seen. */
  private BackupHeader header(DSLContext db) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    return new BackupHeader(
        now, Databases.schema(), program, ServerKeys.name(serverKeys.inUse(db)));
  }

  private static Map<String, Object> written(BackupHeader header) {
    Map<String, Object> written = new LinkedHashMap<>();
    written.put("lockstepBackup", FORMAT);
    written.put("createdAt", header.createdAt().toString());
    written.put("schema", header.schema());
    written.put("program", header.program());
    written.put("serverKey", header.serverKey());
    return written;
  }

  private static long write(DSLContext db, Table<?> table, Lines lines) throws IOException {
    Map<String, String> columns = new LinkedHashMap<>();
    for (Field<?> column : table.fields()) {
      columns.put(column.getName(), ColumnType.of(column).writtenName());
    }
    Map<String, Object> beginning = new LinkedHashMap<>();
    beginning.put("table", table.getName());
    beginning.put("columns", columns);
    lines.write(beginning);
    long count = 0;
    try (Cursor<? extends Record> rows = RowStore.all(db, table)) {
      for (Record row : rows) {
        List<@Nullable Object> values = new ArrayList<>(row.size());
        for (int i = 0; i < row.size(); i++) {
          values.add(ColumnType.written(row.get(i)));
        }
        lines.write(values);
        count++;
      }
    }
    return count;
  }

  /** Lines of JSON. */
  private record Lines(OutputStream out, Proof proof) {

    void write(Object value) throws IOException {
      byte[] line = JSON.writeValueAsBytes(value);
      proof.line(line);
      out.write(line);
      out.write('\n');
    }

    void end(Map<String, Long> rows) throws IOException {
      Proof.Written proven = proof.end();
      Map<String, Object> end = new LinkedHashMap<>();
      end.put("rows", rows);
      end.put("sha256", proven.sha256());
      end.put("hmac", proven.hmac());
      out.write(JSON.writeValueAsBytes(Map.of("end", end)));
      out.write('\n');
    }
  }
}
