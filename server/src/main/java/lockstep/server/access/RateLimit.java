package lockstep.server.access;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * At most this many requests in any stretch of time as long as the period.
 *
 * @param requests how many, at least 1
 * @param period how long, positive
 */
public record RateLimit(int requests, Duration period) {

  private static final Pattern FORMAT = Pattern.compile("([0-9]{1,9})/([smhd])[^/]*");

  /** Checks both. */
  public RateLimit {
    if (requests < 1 || !period.isPositive()) {
      throw new IllegalArgumentException("a rate limit needs a positive number and period");
    }
  }

  /**
   * The limit that is written as {@code <number>/<period>}, such as {@code 120/min}. Only the first
   * letter of the period counts: {@code s}, {@code m}, {@code h} or {@code d}.
   *
   * @throws IllegalArgumentException if the text is anything else; the message tells the rule
   */
  public static RateLimit parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    int requests = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    if (requests < 1) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is not a rate limit: write <number>/<period>, the number from 1 to 999999999"
              + " and the period starting with s, m, h or d, such as 120/min");
    }
    return new RateLimit(requests, period(matcher.group(2)));
  }

  private static Duration period(String letter) {
    return switch (letter) {
      case "s" -> Duration.ofSeconds(1);
      case "m" -> Duration.ofMinutes(1);
      case "h" -> Duration.ofHours(1);
      default -> Duration.ofDays(1);
    };
  }
}
