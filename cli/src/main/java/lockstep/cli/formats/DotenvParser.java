package lockstep.cli.formats;

/**
 * Reads dotenv files the way their users expect.
 *
 * <ul>
 *   <li>A line is {@code NAME=value}, with {@code export} before it or not, blank, or a comment.
 *   <li>Between single quotes or backticks everything counts as it is, ends of lines included.
 *   <li>Between double quotes too, apart from {@code \n \r \t \\ \" \$} and {@code \`}; a backslash
 *       before anything else stays.
 *   <li>A value without quotes goes to the end of the line, or to a {@code #} behind a space.
 *       Spaces around it do not count.
 *   <li>Nothing is expanded.
 * </ul>
 */
final class DotenvParser {

  private static final String EXPORT = "export";

  private final String text;
  private final Entries entries = new Entries();
  private int at;
  private int line = 1;

  DotenvParser(String text) {
    this.text = text;
    this.at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  Entries parse() {
    while (at < text.length()) {
      skipSpaces();
      if (!isAtEndOfLine() && peek() != '#') {
        readEntry();
      }
      endLine();
    }
    return entries;
  }

  private void readEntry() {
    int first = line;
    String name = readName();
    if (name.equals(EXPORT) && !isAtEndOfLine() && peek() != '=') {
      name = readName();
    }
    if (isAtEndOfLine() || peek() != '=') {
      throw problem("there is no NAME=value");
    }
    at++;
    skipSpaces();
    entries.add(name, readValue(), "line " + first);
    skipSpaces();
    if (!isAtEndOfLine() && peek() != '#') {
      throw problem("there is something behind the closing quote");
    }
  }

  private String readName() {
    int start = at;
    while (!isAtEndOfLine() && isPartOfName(peek())) {
      at++;
    }
    String name = text.substring(start, at);
    skipSpaces();
    return name;
  }

  private static boolean isPartOfName(char c) {
    return c == '_' || c == '.' || c == '-' || Character.isLetterOrDigit(c);
  }

  private String readValue() {
    if (isAtEndOfLine()) {
      return "";
    }
    return switch (peek()) {
      case '"' -> readEscaped();
      case '\'', '`' -> readLiteral(peek());
      default -> readPlain();
    };
  }

  private String readPlain() {
    int start = at;
    while (!isAtEndOfLine() && !(peek() == '#' && isSpace(text.charAt(at - 1)))) {
      at++;
    }
    return text.substring(start, at).strip();
  }

  private String readLiteral(char quote) {
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw problem("the closing " + quote + " is missing");
    }
    String value = text.substring(at + 1, end);
    skipTo(end + 1);
    return value;
  }

  /** Past something that may have several lines. */
  private void skipTo(int end) {
    line += (int) text.substring(at, end).chars().filter(c -> c == '\n').count();
    at = end;
  }

  private String readEscaped() {
    StringBuilder value = new StringBuilder();
    for (int i = at + 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        skipTo(i + 1);
        return value.toString();
      }
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        value.append(unescaped(text.charAt(i)));
      } else {
        value.append(c);
      }
    }
    throw problem("the closing \" is missing");
  }

  private static String unescaped(char c) {
    return switch (c) {
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case '\\', '"', '$', '`' -> String.valueOf(c);
      default -> "\\" + c;
    };
  }

  private void endLine() {
    while (!isAtEndOfLine()) {
      at++;
    }
    if (at < text.length()) {
      at += text.charAt(at) == '\r' ? 2 : 1;
      line++;
    }
  }

  private boolean isAtEndOfLine() {
    return at >= text.length() || peek() == '\n' || text.startsWith("\r\n", at);
  }

  private void skipSpaces() {
    while (!isAtEndOfLine() && isSpace(peek())) {
      at++;
    }
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private char peek() {
    return text.charAt(at);
  }

  private FormatException problem(String what) {
    return new FormatException("line " + line + ": " + what);
  }
}
