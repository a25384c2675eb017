package lockstep.server.secrets;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.http.Json;
import org.jspecify.annotations.Nullable;

/**
 * Reads a snapshot for one request. Opens each piece of it once, until it is closed. Not for use by
 * several threads.
 */
final class SnapshotReader implements AutoCloseable {

  private final SecretSnapshot snapshot;
  private final Map<Integer, Opened> opened = new HashMap<>();

  SnapshotReader(SecretSnapshot snapshot) {
    this.snapshot = snapshot;
  }

  SecretSnapshot snapshot() {
    return snapshot;
  }

  /** The value of a secret as it is written, with its references. */
  String value(SnapshotEntry entry) {
    return Json.readString(piece(entry), entry.value(), entry.afterValue());
  }

  /**
   * A JSON array of these secrets.
   *
   * @param values what to show as the values of some of them, as JSON
   * @param overrides what to show as the overrides of some of them, as JSON
   */
  byte[] array(List<SnapshotEntry> entries, Map<UUID, byte[]> values, Map<UUID, byte[]> overrides) {
    int expected = 2;
    for (SnapshotEntry entry : entries) {
      expected += entry.end() - entry.begin() + 1;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(expected);
    out.write('[');
    for (SnapshotEntry entry : entries) {
      if (out.size() > 1) {
        out.write(',');
      }
      append(out, entry, values.get(entry.id()), overrides.get(entry.id()));
    }
    out.write(']');
    return out.toByteArray();
  }

  private void append(
      ByteArrayOutputStream out,
      SnapshotEntry entry,
      byte @Nullable [] value,
      byte @Nullable [] override) {
    byte[] piece = piece(entry);
    int from = entry.begin();
    if (value != null) {
      out.write(piece, from, entry.value() - from);
      out.writeBytes(value);
      from = entry.afterValue();
    }
    if (override != null) {
      out.write(piece, from, entry.override() - from);
      out.writeBytes(override);
      from = entry.override() + "null".length();
    }
    out.write(piece, from, entry.end() - from);
  }

  /** The piece of content that has the object of this secret. */
  byte[] piece(SnapshotEntry entry) {
    return opened.computeIfAbsent(entry.piece(), snapshot::piece).bytes();
  }

  @Override
  public void close() {
    opened.values().forEach(Opened::close);
    opened.clear();
  }
}
