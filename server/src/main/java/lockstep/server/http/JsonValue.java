package lockstep.server.http;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One value in a client's JSON, of a type that is not known before asking. Each question answers
 * empty when the value is of another type, null included. Immutable.
 */
public final class JsonValue {
  /** As the client wrote it: numbers can be of any size. */
  record Numeral(String text) {}

  private static final int MAX_LONG_CHARACTERS = 20;

  private final @Nullable Object value;

  JsonValue(@Nullable Object value) {
    this.value = value;
  }

  public boolean isNull() {
    return value == null;
  }

  public Optional<String> text() {
    return as(String.class);
  }

  public Optional<Boolean> flag() {
    return as(Boolean.class);
  }

  /** A number written without fraction and exponent that fits 64 bits. */
  public Optional<Long> integer() {
    return as(Numeral.class).map(Numeral::text).flatMap(JsonValue::parseLong);
  }

  public Optional<Fields> object() {
    return as(Fields.class);
  }

  @SuppressWarnings("unchecked") // Lists in here are made by the reader, of values only.
  public Optional<List<JsonValue>> list() {
    return as(List.class).map(list -> Collections.unmodifiableList((List<JsonValue>) list));
  }

  /** What the client wrote, for an error that repeats it; nothing of lists and objects. */
  public String echo() {
    return switch (value) {
      case null -> "null";
      case Numeral numeral -> numeral.text();
      case Fields _ -> "an object";
      case List<?> _ -> "a list";
      default -> value.toString();
    };
  }

  private <T> Optional<T> as(Class<T> type) {
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  private static Optional<Long> parseLong(String text) {
    if (text.length() > MAX_LONG_CHARACTERS) {
      return Optional.empty();
    }
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Says nothing about the value, which may be a secret. */
  @Override
  public String toString() {
    return "JsonValue";
  }
}
