package lockstep.server.backup;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;
import java.util.UUID;
import lockstep.server.store.InstantBinding;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How the values of a column are written in a backup, where null is null. */
enum ColumnType {
  /** As text. */
  UUID,
  /** As text. */
  TEXT,
  /** In base64. */
  BYTES,
  /** As such. */
  BOOLEAN,
  /** As a number of at most 64 bits. */
  INTEGER,
  /** As microseconds since 1970 in UTC. */
  TIME;

  static ColumnType of(Field<?> column) {
    Class<?> type = column.getType();
    if (type == UUID.class) {
      return UUID;
    }
    if (type == String.class) {
      return TEXT;
    }
    if (type == byte[].class) {
      return BYTES;
    }
    if (type == Boolean.class) {
      return BOOLEAN;
    }
    if (type == Integer.class || type == Long.class) {
      return INTEGER;
    }
    if (type == Instant.class) {
      return TIME;
    }
    throw new IllegalStateException("no backup of columns of type " + type);
  }

  /** The type that a backup calls so. */
  static ColumnType named(String name) {
    for (ColumnType type : values()) {
      if (type.writtenName().equals(name)) {
        return type;
      }
    }
    throw new BackupException("it has a column of an unknown type");
  }

  String writtenName() {
    return name().toLowerCase(Locale.ROOT);
  }

  DataType<?> stored() {
    return switch (this) {
      case UUID -> SQLDataType.UUID;
      case TEXT -> SQLDataType.CLOB;
      case BYTES -> SQLDataType.BLOB;
      case BOOLEAN -> SQLDataType.BOOLEAN;
      case INTEGER -> SQLDataType.BIGINT;
      case TIME -> SQLDataType.OTHER.asConvertedDataType(new InstantBinding());
    };
  }

  /** A value as it is written. */
  static @Nullable Object written(@Nullable Object value) {
    return switch (value) {
      case UUID id -> id.toString();
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case Instant time -> ChronoUnit.MICROS.between(Instant.EPOCH, time);
      case null, default -> value;
    };
  }

  /**
   * A value that was written.
   *
   * @throws BackupException if it was not
   */
  @Nullable Object read(JsonNode written) {
    if (written.isNull()) {
      return null;
    }
    try {
      return switch (this) {
        case UUID -> java.util.UUID.fromString(written.stringValue());
        case TEXT -> written.stringValue();
        case BYTES -> Base64.getDecoder().decode(written.stringValue());
        case BOOLEAN -> written.booleanValue();
        case INTEGER -> written.longValue();
        case TIME -> Instant.EPOCH.plus(written.longValue(), ChronoUnit.MICROS);
      };
    } catch (tools.jackson.databind.exc.JsonNodeException
        | IllegalArgumentException
        | DateTimeException
        | ArithmeticException _) {
      throw new BackupException("a value is not of the type of its column");
    }
  }
}
