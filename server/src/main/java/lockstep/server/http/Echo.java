package lockstep.server.http;

/** Input that an error message repeats. */
public final class Echo {
  private static final int MAX_CHARACTERS = 200;

  private Echo() {}

  /** The text itself, or its first 200 characters followed by an ellipsis. */
  public static String shorten(String text) {
    if (text.codePointCount(0, text.length()) <= MAX_CHARACTERS) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, MAX_CHARACTERS)) + "…";
  }
}
