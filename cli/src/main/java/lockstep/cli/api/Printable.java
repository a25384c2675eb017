package lockstep.cli.api;

/** Text for a terminal. What servers send is data: it must not move the cursor or hide a line. */
public final class Printable {

  /** Control characters, ends of lines, and what changes the direction of writing. */
  private static final String UNPRINTABLE = "[\\p{Cc}\\u2028-\\u202E\\u2066-\\u2069]";

  private Printable() {}

  /** The text, with a replacement character for each character that steers a terminal. */
  public static String of(String text) {
    return text.replaceAll(UNPRINTABLE, "\uFFFD");
  }
}
