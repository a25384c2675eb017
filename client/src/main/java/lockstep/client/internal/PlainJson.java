package lockstep.client.internal;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON of the kind that servers send nearly always: UTF-8, whole numbers, not deep. To set up
 * Jackson's parser takes a good part of the time of a short command. Whatever is not plain, and
 * whatever is wrong, is left to that parser.
 */
final class PlainJson {

  private static final int MAX_DEPTH = 50;
  private static final int MAX_NAME = 1000;

  /** So many digits always fit into a long. */
  private static final int MAX_DIGITS = 18;

  private static final char REPLACEMENT = '\uFFFD';

  private final String text;
  private int at;

  private PlainJson(String text) {
    this.text = text;
  }

  /** The one value that the text holds; null if it is not plain. */
  static @Nullable JsonValue read(byte[] json) {
    String text = new String(json, StandardCharsets.UTF_8);
    // That may stand for what is not UTF-8.
    if (text.indexOf(REPLACEMENT) >= 0) {
      return null;
    }
    PlainJson reader = new PlainJson(text);
    JsonValue value = reader.value(MAX_DEPTH);
    return value != null && reader.next() == 0 ? value : null;
  }

  /** The next character that is no space, which is not passed over; NUL at the end. */
  private char next() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return c == 0 ? REPLACEMENT : c;
      }
      at++;
    }
    return 0;
  }

  private @Nullable JsonValue value(int depth) {
    if (depth == 0) {
      return null;
    }
    return switch (next()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> {
        String string = string();
        yield string == null ? null : JsonValue.of(string);
      }
      case 't' -> word("true", JsonValue.of(true));
      case 'f' -> word("false", JsonValue.of(false));
      case 'n' -> word("null", JsonValue.NULL);
      default -> number();
    };
  }

  private @Nullable JsonValue object(int depth) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    at++;
    if (next() == '}') {
      at++;
      return JsonValue.of(members);
    }
    while (true) {
      String name = next() == '"' ? string() : null;
      if (name == null || name.length() > MAX_NAME || next() != ':') {
        return null;
      }
      at++;
      JsonValue value = value(depth - 1);
      if (value == null) {
        return null;
      }
      members.put(name, value);
      char c = next();
      at++;
      if (c == '}') {
        return JsonValue.of(members);
      }
      if (c != ',') {
        return null;
      }
    }
  }

  private @Nullable JsonValue array(int depth) {
    List<JsonValue> elements = new ArrayList<>();
    at++;
    if (next() == ']') {
      at++;
      return JsonValue.of(elements);
    }
    while (true) {
      JsonValue value = value(depth - 1);
      if (value == null) {
        return null;
      }
      elements.add(value);
      char c = next();
      at++;
      if (c == ']') {
        return JsonValue.of(elements);
      }
      if (c != ',') {
        return null;
      }
    }
  }

  /** What begins with the quotation mark at hand; null if it is not plain. */
  private @Nullable String string() {
    int start = ++at;
    StringBuilder unescaped = null;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '"') {
        String rest = text.substring(start, at++);
        return unescaped == null ? rest : unescaped.append(rest).toString();
      }
      if (c < ' ') {
        return null;
      }
      if (c == '\\') {
        unescaped = unescaped == null ? new StringBuilder() : unescaped;
        unescaped.append(text, start, at);
        int escaped = escaped();
        if (escaped < 0) {
          return null;
        }
        unescaped.append((char) escaped);
        start = at;
      } else {
        at++;
      }
    }
    return null;
  }

  /** What the backslash at hand and what follows it stand for; less than zero if not plain. */
  private int escaped() {
    if (at + 1 >= text.length()) {
      return -1;
    }
    char c = text.charAt(at + 1);
    at += 2;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> -1;
    };
  }

  private int codeUnit() {
    if (at + 4 > text.length()) {
      return -1;
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      char c = text.charAt(at++);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  private @Nullable JsonValue word(String word, JsonValue value) {
    if (!text.startsWith(word, at)) {
      return null;
    }
    at += word.length();
    return endsHere() ? value : null;
  }

  private @Nullable JsonValue number() {
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    int digits = at;
    long number = 0;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      if (at - digits == MAX_DIGITS) {
        return null;
      }
      number = number * 10 + (text.charAt(at++) - '0');
    }
    boolean isNegative = digits > start;
    boolean isCanonical = text.startsWith("0", digits) ? at == digits + 1 && !isNegative : true;
    if (at == digits || !isCanonical || !endsHere()) {
      return null;
    }
    long value = isNegative ? -number : number;
    return JsonValue.of(value);
  }

  /** Whether what is at hand cannot belong to a number or word before it. */
  private boolean endsHere() {
    if (at == text.length()) {
      return true;
    }
    char c = text.charAt(at);
    return c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
