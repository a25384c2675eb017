package lockstep.cli.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Rows of answers as aligned columns for people. A column is a path into a row, such as {@code
 * role.name}; its title is the last step.
 */
public final class Table {

  private static final String GAP = "  ";

  private final List<String> columns;

  /** A table with these columns. */
  public Table(String... columns) {
    this.columns = List.of(columns);
  }

  /** Lines, the first of them the titles. */
  public String render(Iterable<JsonNode> rows) {
    List<List<String>> lines = new ArrayList<>();
    for (JsonNode row : rows) {
      lines.add(columns.stream().map(column -> text(row, column)).toList());
    }
    return aligned(lines);
  }

  /** The same for rows of texts, one for each column. */
  public String renderTexts(List<List<String>> rows) {
    List<List<String>> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(row.stream().map(Printable::of).toList());
    }
    return aligned(lines);
  }

  private String aligned(List<List<String>> rows) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(columns.stream().map(Table::title).toList());
    lines.addAll(rows);
    int[] widths = new int[columns.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(i == 0 ? "" : GAP).append(padded(line.get(i), widths[i]));
      }
      table.append(text.toString().stripTrailing()).append('\n');
    }
    return table.toString();
  }

  private static String title(String column) {
    String last = column.substring(column.lastIndexOf('.') + 1);
    return last.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(Locale.ROOT);
  }

  /** What the path leads to, for people. */
  static String text(JsonNode row, String path) {
    return printable(row.at("/" + path.replace('.', '/')));
  }

  private static String printable(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "-";
    }
    if (value.isArray()) {
      List<String> parts = new ArrayList<>();
      value.forEach(part -> parts.add(printable(part)));
      return parts.isEmpty() ? "-" : String.join(",", parts);
    }
    String text = value.isString() ? value.stringValue() : value.toString();
    return Printable.of(text);
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
