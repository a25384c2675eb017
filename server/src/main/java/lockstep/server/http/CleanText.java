package lockstep.server.http;

/**
 * Names and descriptions, freed of what could do harm where they are shown: no HTML tag, no control
 * character, no space around. This is tidying, not escaping: whoever writes HTML still escapes.
 */
public final class CleanText {
  private CleanText() {}

  /**
   * The cleaned text; possibly empty. Cleaning the result again changes nothing. A {@code <} that
   * starts no tag stays.
   */
  public static String clean(String text) {
    return trim(withoutTags(withoutControls(withoutTags(text))));
  }

  /** The length that limits on text are about. */
  public static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  /**
   * One pass that leaves nothing for a second: a tag is cut out as soon as its {@code >} is read,
   * so text that grows together around it ({@code <<b>b>}) is seen as a tag in turn. Cutting until
   * nothing changes would take time quadratic in the input.
   */
  private static String withoutTags(String text) {
    if (text.indexOf('<') < 0) {
      return text;
    }
    StringBuilder kept = new StringBuilder(text.length());
    int tagStart = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int last = kept.length() - 1;
      if (c == '>' && tagStart >= 0) {
        kept.setLength(tagStart);
        tagStart = -1;
        continue;
      }
      if (tagStart < 0 && last >= 0 && kept.charAt(last) == '<' && startsTag(c)) {
        tagStart = last;
      }
      kept.append(c);
    }
    return kept.toString();
  }

  private static boolean startsTag(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '/' || c == '!' || c == '?';
  }

  private static String withoutControls(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
      if (!control || c == '\t' || c == '\n' || c == '\r') {
        kept.append(c);
      }
    }
    return kept.toString();
  }

  private static String trim(String text) {
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
