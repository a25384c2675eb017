package lockstep.cli.formats;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes what both a POSIX shell ({@code . file}) and readers of dotenv files take for the same: a
 * plain word as it is; otherwise in single quotes, between which nothing has a meaning; a value
 * with a single quote in double quotes, with a backslash before what would have a meaning there.
 */
final class DotenvWriter {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,-]+");

  private DotenvWriter() {}

  static String write(Map<String, String> entries) {
    StringBuilder text = new StringBuilder();
    entries.forEach(
        (name, value) ->
            text.append(checked(name)).append('=').append(quoted(name, value)).append('\n'));
    return text.toString();
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new FormatException("'" + name + "' is no name of a variable; use another format");
    }
    return name;
  }

  private static String quoted(String name, String value) {
    if (value.indexOf('\0') >= 0) {
      throw new FormatException("no variable can hold the NUL in '" + name + "'; use json");
    }
    if (PLAIN.matcher(value).matches()) {
      return value;
    }
    if (value.indexOf('\'') < 0) {
      return "'" + value + "'";
    }
    return "\"" + value.replaceAll("[\\\\\"$`]", "\\\\$0") + "\"";
  }
}
