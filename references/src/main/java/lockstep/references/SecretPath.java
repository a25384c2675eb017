package lockstep.references;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The folder that a secret lies in, in its one spelling: {@code /}, or {@code /a/b}. Letter case
 * counts, spaces count, and {@code .} and {@code ..} are names like any other. Immutable.
 */
public final class SecretPath {

  /** The folder of secrets that lie in none. */
  public static final SecretPath ROOT = new SecretPath("/");

  private static final int MAX_CODE_POINTS = 4096;
  private static final int MAX_FOLDER_CODE_POINTS = 64;
  private static final int QUOTED_CODE_POINTS = 32;

  private final String text;

  private SecretPath(String text) {
    this.text = text;
  }

  /**
   * The path that the text means: repeated slashes count once, a missing first one is added, a last
   * one dropped. Of any length; see {@link #ofBounded}.
   */
  public static SecretPath of(String text) {
    StringBuilder path = new StringBuilder(text.length() + 1);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '/') {
        if (i == 0 || text.charAt(i - 1) == '/') {
          path.append('/');
        }
        path.append(c);
      }
    }
    return path.isEmpty() ? ROOT : new SecretPath(path.toString());
  }

  /**
   * The path that the text means, if it is within the limits for folders that are to be stored.
   *
   * @throws IllegalArgumentException if it is not; the message is for the client
   */
  public static SecretPath ofBounded(String text) {
    SecretPath path = of(text);
    if (codePoints(path.text) > MAX_CODE_POINTS) {
      throw new IllegalArgumentException(
          "'path' cannot exceed " + MAX_CODE_POINTS + " characters.");
    }
    for (String folder : path.segments()) {
      if (codePoints(folder) > MAX_FOLDER_CODE_POINTS) {
        throw new IllegalArgumentException(
            "Folder name exceeds "
                + MAX_FOLDER_CODE_POINTS
                + " characters: '"
                + firstCodePoints(folder)
                + "'…");
      }
    }
    return path;
  }

  /** The path in its one spelling. */
  public String text() {
    return text;
  }

  /** Whether this is the folder of secrets that lie in none. */
  public boolean isRoot() {
    return text.equals("/");
  }

  /** The names of the folders on the way, outermost first; none for the root. */
  public List<String> segments() {
    return isRoot() ? List.of() : List.of(text.substring(1).split("/", -1));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SecretPath path && text.equals(path.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String firstCodePoints(String text) {
    return text.codePoints()
        .limit(QUOTED_CODE_POINTS)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
