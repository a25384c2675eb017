package lockstep.server.audit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A record that was noted down somewhere else, so a chain without it is not the one from then.
 *
 * @param organisation whose chain
 * @param sequence the number of the record; 0 for the beginning of the chain
 * @param hash its hash, in lower-case hexadecimal digits
 */
public record ExpectedRecord(String organisation, long sequence, String hash) {

  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([0-9]{1,19}):([0-9a-f]{64})");

  /**
   * Reads {@code ORGANISATION:NUMBER:HASH}.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static ExpectedRecord parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "not ORGANISATION:NUMBER:HASH, as a verification prints them");
    }
    return new ExpectedRecord(form.group(1), Long.parseLong(form.group(2)), form.group(3));
  }
}
