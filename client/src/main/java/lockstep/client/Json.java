package lockstep.client;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import lockstep.client.internal.JsonValue;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a server sends, field by field. Fields that nobody asks for are ignored. */
final class Json {

  private Json() {}

  /** Any JSON; null for an empty body. */
  static JsonValue parse(byte[] body) {
    return JsonValue.read(body);
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static byte[] write(JsonNode node) {
    return JsonMapper.shared().writeValueAsBytes(node);
  }

  static String text(JsonValue object, String field) {
    return optionalText(object, field).orElseThrow(() -> malformed(field));
  }

  /** Empty if it is missing or null. */
  static Optional<String> optionalText(JsonValue object, String field) {
    JsonValue value = object.get(field);
    if (value == null || value.isNull()) {
      return Optional.empty();
    }
    return Optional.of(value.text().orElseThrow(() -> malformed(field)));
  }

  /** An id in its one form; any other text could not be compared. */
  static UUID id(JsonValue object, String field) {
    String text = text(object, field);
    try {
      UUID id = UUID.fromString(text);
      if (id.toString().equals(text)) {
        return id;
      }
    } catch (IllegalArgumentException _) {
      // Refused below.
    }
    throw malformed(field);
  }

  static int integer(JsonValue object, String field) {
    JsonValue value = object.get(field);
    if (value == null) {
      throw malformed(field);
    }
    return value.integer().orElseThrow(() -> malformed(field));
  }

  static boolean bool(JsonValue object, String field) {
    JsonValue value = object.get(field);
    if (value == null) {
      throw malformed(field);
    }
    return value.bool().orElseThrow(() -> malformed(field));
  }

  static Instant instant(JsonValue object, String field) {
    String text = text(object, field);
    try {
      Instant usual = usual(text);
      return usual == null ? Instant.parse(text) : usual;
    } catch (DateTimeException _) {
      throw malformed(field);
    }
  }

  /**
   * A time in the form in which servers write it, such as {@code 2026-01-02T03:04:05.678Z}; null
   * for any other. The JDK's parser takes longer to set up than all else that is done with an
   * answer.
   */
  private static @Nullable Instant usual(String text) {
    int end = text.length() - 1;
    if (end < 19
        || end > 29
        || text.charAt(4) != '-'
        || text.charAt(7) != '-'
        || text.charAt(10) != 'T'
        || text.charAt(13) != ':'
        || text.charAt(16) != ':'
        || text.charAt(end) != 'Z'
        || (end > 19 && (text.charAt(19) != '.' || end == 20))) {
      return null;
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, 19);
    int fraction = end == 19 ? 0 : digits(text, 20, end);
    if (year < 0
        || month < 0
        || day < 0
        || hour < 0
        || hour > 23
        || minute < 0
        || minute > 59
        || second < 0
        || second > 59
        || fraction < 0) {
      return null;
    }
    for (int i = end; i < 29 && end > 19; i++) {
      fraction *= 10;
    }
    long days = LocalDate.of(year, month, day).toEpochDay();
    return Instant.ofEpochSecond(((days * 24 + hour) * 60 + minute) * 60 + second, fraction);
  }

  /** Less than zero if there are others among them. */
  private static int digits(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  static JsonValue child(JsonValue object, String field) {
    JsonValue value = object.get(field);
    if (value == null || !value.isObject()) {
      throw malformed(field);
    }
    return value;
  }

  static <T> List<T> list(JsonValue object, String field, Function<JsonValue, T> element) {
    JsonValue value = object.get(field);
    if (value == null) {
      throw malformed(field);
    }
    return elements(value, field, element);
  }

  static <T> List<T> elements(JsonValue array, String what, Function<JsonValue, T> element) {
    List<JsonValue> values = array.elements().orElseThrow(() -> malformed(what));
    List<T> list = new ArrayList<>(values.size());
    for (JsonValue value : values) {
      list.add(element.apply(value));
    }
    return list;
  }

  static UnexpectedAnswerException malformed(String what) {
    return new UnexpectedAnswerException(
        "the answer of the server is not in the protocol: " + what + " is missing or malformed");
  }
}
