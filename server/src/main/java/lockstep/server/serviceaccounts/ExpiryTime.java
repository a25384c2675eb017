package lockstep.server.serviceaccounts;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A point in time as clients write it: an ISO 8601 date and time, extended or basic form, with an
 * offset.
 */
final class ExpiryTime {

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4})(-?)(\\d{2})\\2(\\d{2})"
              + "(?:[Tt ](\\d{2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,](\\d{1,9}))?)?)?"
              + "([Zz]|[+-]\\d{2}(?::?\\d{2})?)?)?");
  private static final int LAST_YEAR = 9999;
  private static final int MINUTES_PER_HOUR = 60;
  private static final int NANOS_PER_MICRO = 1_000;

  private ExpiryTime() {}

  /** What a text says. */
  sealed interface Reading {}

  /** A point in time. */
  record Moment(Instant instant) implements Reading {}

  /** A date and time of no particular place. */
  record WithoutOffset() implements Reading {}

  /** The reading of the text; empty if it is no date and time. */
  static Optional<Reading> read(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      LocalDateTime local =
          LocalDateTime.of(
              number(matcher.group(1)),
              number(matcher.group(3)),
              number(matcher.group(4)),
              number(matcher.group(5)),
              number(matcher.group(6)),
              number(matcher.group(7)),
              nanos(matcher.group(8)));
      @Nullable String offset = matcher.group(9);
      return offset == null
          ? Optional.of(new WithoutOffset())
          : moment(local, offset).map(Moment::new);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Empty if it lies in a year that nobody can write with four digits. */
  private static Optional<Instant> moment(LocalDateTime local, String offset) {
    LocalDateTime utc = local.minusMinutes(offsetMinutes(offset));
    return utc.getYear() < 0 || utc.getYear() > LAST_YEAR
        ? Optional.empty()
        : Optional.of(utc.toInstant(ZoneOffset.UTC));
  }

  private static int offsetMinutes(String offset) {
    if (offset.equalsIgnoreCase("z")) {
      return 0;
    }
    String digits = offset.substring(1).replace(":", "");
    int hours = number(digits.substring(0, 2));
    int minutes = number(digits.substring(2));
    if (hours > 23 || minutes > 59) {
      throw new DateTimeException("no such offset");
    }
    int total = hours * MINUTES_PER_HOUR + minutes;
    return offset.charAt(0) == '-' ? -total : total;
  }

  private static int number(@Nullable String digits) {
    return digits == null || digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** Stored times have microseconds. */
  private static int nanos(@Nullable String fraction) {
    if (fraction == null) {
      return 0;
    }
    int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
    return nanos - nanos % NANOS_PER_MICRO;
  }
}
