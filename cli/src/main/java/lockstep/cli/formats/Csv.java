package lockstep.cli.formats;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Comma-separated values as RFC 4180 has them, with a first line of titles: {@code key} and {@code
 * value}, and others that are passed over.
 */
final class Csv {

  private static final String KEY = "key";
  private static final String VALUE = "value";

  private final String text;
  private int at;
  private int line = 1;

  private Csv(String text) {
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  static String write(Map<String, String> entries) {
    StringBuilder csv = new StringBuilder(KEY + "," + VALUE + "\r\n");
    entries.forEach(
        (name, value) -> csv.append(quoted(name)).append(',').append(quoted(value)).append("\r\n"));
    return csv.toString();
  }

  private static String quoted(String field) {
    return "\"" + field.replace("\"", "\"\"") + "\"";
  }

  static Entries read(String text) {
    return new Csv(text).read();
  }

  private Entries read() {
    List<String> titles = isAtEnd() ? List.of() : readRow().stream().map(Csv::title).toList();
    int key = titles.indexOf(KEY);
    int value = titles.indexOf(VALUE);
    if (key < 0 || value < 0) {
      throw new FormatException("the first line must have the titles 'key' and 'value'");
    }
    Entries entries = new Entries();
    while (!isAtEnd()) {
      int first = line;
      List<String> row = readRow();
      if (row.equals(List.of(""))) {
        continue;
      }
      if (row.size() != titles.size()) {
        throw new FormatException(
            "line %d: %d fields instead of %d".formatted(first, row.size(), titles.size()));
      }
      entries.add(row.get(key), row.get(value), "line " + first);
    }
    return entries;
  }

  private static String title(String field) {
    return field.strip().toLowerCase(Locale.ROOT);
  }

  private List<String> readRow() {
    List<String> row = new ArrayList<>();
    do {
      row.add(!isAtEnd() && text.charAt(at) == '"' ? readQuoted() : readPlain());
    } while (accept(","));
    if (!accept("\r\n") && !accept("\n") && !isAtEnd()) {
      throw new FormatException("line " + line + ": there is something behind the closing quote");
    }
    line++;
    return row;
  }

  private String readPlain() {
    int start = at;
    while (!isAtEnd() && ",\n".indexOf(text.charAt(at)) < 0 && !text.startsWith("\r\n", at)) {
      at++;
    }
    return text.substring(start, at);
  }

  private String readQuoted() {
    StringBuilder field = new StringBuilder();
    at++;
    while (true) {
      int quote = text.indexOf('"', at);
      if (quote < 0) {
        throw new FormatException("line " + line + ": the closing quote is missing");
      }
      field.append(text, at, quote);
      at = quote + 1;
      if (!accept("\"")) {
        line += (int) field.chars().filter(c -> c == '\n').count();
        return field.toString();
      }
      field.append('"');
    }
  }

  private boolean accept(String expected) {
    boolean isThere = text.startsWith(expected, at);
    at += isThere ? expected.length() : 0;
    return isThere;
  }

  private boolean isAtEnd() {
    return at >= text.length();
  }
}
