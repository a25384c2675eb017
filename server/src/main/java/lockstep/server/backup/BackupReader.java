package lockstep.server.backup;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import lockstep.crypto.CryptoException;
import lockstep.crypto.SealedStream;
import lockstep.crypto.X25519KeyPair;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Databases;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads a backup, from its beginning to its end and once. What it says is only right if {@link
 * #insert} returns. Not safe for use by several threads.
 */
public final class BackupReader implements AutoCloseable {

  private static final int ROWS_AT_ONCE = 500;
  private static final int BYTES_AT_ONCE = 4 << 20;

  /** No row that a server can store is longer. */
  private static final int MAXIMUM_LINE = 64 << 20;

  /** Names go into SQL as they are. */
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  private final InputStream lines;
  private final Proof proof;
  private final BackupHeader header;
  private final Map<String, Long> rows = new LinkedHashMap<>();

  /** The line that was read last: the last of all is the only one that the proof is not about. */
  private byte @Nullable [] unproven;

  private BackupReader(InputStream lines, ServerKeys serverKeys) throws IOException {
    this.lines = lines;
    byte[] first = line(lines);
    this.header = header(json(first));
    this.proof =
        new Proof(
            serverKeys
                .find(header.serverKey())
                .orElseThrow(
                    () ->
                        new BackupException(
                            "it belongs to another server key, the one with the public half "
                                + header.serverKey())));
    this.unproven = first;
    if (header.schema() < 1) {
      throw new BackupException("it was changed: it has no version of the tables");
    }
    if (header.schema() > Databases.schema()) {
      throw new BackupException(
          "it was made by a newer version of Lockstep, %s; restore it with that version"
              .formatted(header.program()));
    }
  }

  /**
   * Begins to read a backup; what is read from is closed with this.
   *
   * @param serverKeys one of which it was made with
   * @param key what it was encrypted to, if it was
   * @throws BackupException if this is no backup, or one that this key does not open, or one of
   *     another server key or a newer version
   * @throws IOException if the stream cannot be read
   */
  public static BackupReader open(
      InputStream in, ServerKeys serverKeys, Optional<X25519KeyPair> key) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, 1 << 16);
    buffered.mark(SealedStream.prefixBytes());
    boolean isSealed = SealedStream.isSealed(buffered.readNBytes(SealedStream.prefixBytes()));
    buffered.reset();
    try {
      InputStream compressed =
          isSealed
              ? SealedStream.open(
                  buffered,
                  key.orElseThrow(
                      () -> new BackupException("it is encrypted, and no key was given")))
              : buffered;
      return new BackupReader(
          new BufferedInputStream(new GZIPInputStream(compressed, 1 << 16)), serverKeys);
    } catch (ZipException | EOFException | CryptoException e) {
      throw damaged(e);
    }
  }

  private static BackupException damaged(Exception cause) {
    return new BackupException(
        cause instanceof CryptoException
            ? "it was changed, or is encrypted to another key"
            : "it is not a backup, or was changed or cut off",
        cause);
  }

  /** What it says of itself. */
  public BackupHeader header() {
    return header;
  }

  /**
   * Inserts everything into an empty database of the schema of the backup. The transaction must not
   * be committed if this throws.
   *
   * @throws BackupException if the backup was changed or cut off, or does not fit
   */
  public BackupSummary insert(DSLContext db) {
    try {
      JsonNode line = next();
      while (line.has("table")) {
        line = insertTable(db, line);
      }
      requireEnd(line.path("end"));
      return new BackupSummary(header, rows);
    } catch (ZipException | EOFException | CryptoException e) {
      throw damaged(e);
    } catch (IOException e) {
      throw new UncheckedIOException("the backup cannot be read", e);
    }
  }

  /** Returns the line after the rows of the table. */
  private JsonNode insertTable(DSLContext db, JsonNode beginning) throws IOException {
    String name = name(beginning.path("table").asString(""));
    Map<String, ColumnType> columns = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : beginning.path("columns").properties()) {
      columns.put(name(column.getKey()), ColumnType.named(column.getValue().asString("")));
    }
    if (rows.putIfAbsent(name, 0L) != null || columns.isEmpty()) {
      throw new BackupException("it describes the table " + name + " twice, or not at all");
    }
    List<ColumnType> types = List.copyOf(columns.values());
    List<@Nullable Object[]> waiting = new ArrayList<>();
    long bytes = 0;
    JsonNode line = next();
    for (; line.isArray(); line = next()) {
      waiting.add(values(line, types));
      bytes += unproven == null ? 0 : unproven.length;
      if (waiting.size() == ROWS_AT_ONCE || bytes >= BYTES_AT_ONCE) {
        bytes = 0;
        insert(db, name, columns, waiting);
      }
    }
    insert(db, name, columns, waiting);
    return line;
  }

  private static @Nullable Object[] values(JsonNode line, List<ColumnType> types) {
    if (line.size() != types.size()) {
      throw new BackupException("a row has not as many values as its table has columns");
    }
    @Nullable Object[] values = new @Nullable Object[types.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = types.get(i).read(line.get(i));
    }
    return values;
  }

  private void insert(
      DSLContext db,
      String table,
      Map<String, ColumnType> columns,
      List<@Nullable Object[]> waiting) {
    if (waiting.isEmpty()) {
      return;
    }
    try {
      RowStore.insert(db, table, columns, waiting);
    } catch (DataAccessException e) {
      if (Databases.isPassing(e)) {
        throw e;
      }
      throw new BackupException("rows of the table " + table + " do not fit", e);
    }
    rows.merge(table, (long) waiting.size(), Long::sum);
    waiting.clear();
  }

  private void requireEnd(JsonNode end) throws IOException {
    if (!end.isObject() || lines.read() >= 0) {
      throw new BackupException("it was changed or cut off");
    }
    Proof.Written proven = proof.end();
    if (!proven.sha256().equals(end.path("sha256").asString(""))) {
      throw new BackupException("it was changed: its checksum is another one");
    }
    for (Map.Entry<String, Long> table : rows.entrySet()) {
      if (end.path("rows").path(table.getKey()).asLong(-1) != table.getValue()) {
        throw new BackupException("it was changed: it counts other rows than it holds");
      }
    }
    if (!proven.hasHmac(end.path("hmac").asString(""))) {
      throw new BackupException("it was not made by a holder of the server key");
    }
  }

  private static BackupHeader header(JsonNode line) {
    if (line.path("lockstepBackup").asInt(0) != BackupWriter.FORMAT) {
      throw new BackupException(
          line.has("lockstepBackup")
              ? "it is of a format that this version does not know"
              : "it is not a backup");
    }
    try {
      return new BackupHeader(
          Instant.parse(line.path("createdAt").asString("")),
          line.path("schema").asInt(0),
          line.path("program").asString(""),
          line.path("serverKey").asString(""));
    } catch (DateTimeException e) {
      throw new BackupException("it was changed: it has no time", e);
    }
  }

  private static String name(String text) {
    if (!NAME.matcher(text).matches()) {
      throw new BackupException("it names a table or column that cannot be");
    }
    return text;
  }

  private JsonNode next() throws IOException {
    byte[] line = line(lines);
    if (unproven != null) {
      proof.line(unproven);
    }
    unproven = line;
    return json(line);
  }

  private static JsonNode json(byte[] line) {
    try {
      return BackupWriter.JSON.readTree(line);
    } catch (JacksonException e) {
      throw new BackupException("it was changed, or is not a backup: a line is not JSON");
    }
  }

  private static byte[] line(InputStream lines) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int next = lines.read(); next != '\n'; next = lines.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      if (line.size() == MAXIMUM_LINE) {
        throw new BackupException("it has a line that is longer than any that is written");
      }
      line.write(next);
    }
    return line.toByteArray();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
