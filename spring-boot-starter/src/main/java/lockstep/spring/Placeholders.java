package lockstep.spring;

/**
 * What Spring takes for placeholders in values. A secret has none: text of this form is part of a
 * password, or a reference that stayed as written.
 */
final class Placeholders {

  private static final String PREFIX = "${";

  private Placeholders() {}

  /**
   * The text that Spring reads as this value. A backslash before a dollar sign and brace takes
   * their meaning away and disappears, but only if Spring finds a closing brace for it; others stay
   * as they are.
   */
  static String escaped(String value) {
    int start = value.indexOf(PREFIX);
    if (start < 0) {
      return value;
    }
    StringBuilder text = new StringBuilder(value.length() + 8);
    int done = 0;
    while (start >= 0) {
      text.append(value, done, start);
      if (isClosed(value, start + PREFIX.length())) {
        text.append('\\');
      }
      text.append(PREFIX);
      done = start + PREFIX.length();
      start = value.indexOf(PREFIX, done);
    }
    return text.append(value, done, value.length()).toString();
  }

  /** Whether there is a closing brace for an open one before this place. */
  private static boolean isClosed(String value, int from) {
    int depth = 1;
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return true;
      }
    }
    return false;
  }
}
