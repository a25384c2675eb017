package lockstep.server.net;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An e-mail address in its one spelling: without spaces around and in lower case. People are found
 * by it, and their clients derive keys from it.
 *
 * <p>ASCII only. Of what the RFCs allow, quoted local parts, comments and address literals are
 * refused: nobody has such an address, and each is a second way to spell another one.
 */
public record EmailAddress(String value) {

  private static final int MAXIMUM_CHARACTERS = 254;
  private static final int MAXIMUM_LOCAL_PART = 64;
  private static final String ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
  private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  private static final String TOP_LEVEL = "[a-z](?:[a-z0-9-]{0,61}[a-z0-9])";
  private static final Pattern LOCAL_PART = Pattern.compile(ATOM + "(?:\\." + ATOM + ")*");
  private static final Pattern DOMAIN =
      Pattern.compile("(?:" + LABEL + "\\.)+" + TOP_LEVEL + "|localhost");

  /** The spelling under which a text is compared, whether it is an address or not. */
  public static String normalise(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }

  /** The address that the text is, once normalised; empty for any other text. */
  public static Optional<EmailAddress> parse(String text) {
    String normal = normalise(text);
    int at = normal.lastIndexOf('@');
    boolean legal =
        at > 0
            && at <= MAXIMUM_LOCAL_PART
            && normal.length() <= MAXIMUM_CHARACTERS
            && LOCAL_PART.matcher(normal.substring(0, at)).matches()
            && DOMAIN.matcher(normal.substring(at + 1)).matches();
    return legal ? Optional.of(new EmailAddress(normal)) : Optional.empty();
  }

  /** What stands before the at sign. */
  public String localPart() {
    return value.substring(0, value.indexOf('@'));
  }

  @Override
  public String toString() {
    return value;
  }
}
