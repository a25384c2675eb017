package lockstep.server.auth;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Reads until when a new token is to live. Times are ISO 8601 dates and times, in extended or basic
 * form, with an offset.
 */
public final class TokenExpiry {

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4})(-?)(\\d{2})\\2(\\d{2})"
              + "(?:[Tt ](\\d{2})(?::?(\\d{2})(?::?(\\d{2})(?:[.,](\\d{1,9}))?)?)?"
              + "([Zz]|[+-]\\d{2}(?::?\\d{2})?)?)?");
  private static final int LAST_YEAR = 9999;
  private static final int MINUTES_PER_HOUR = 60;
  private static final int NANOS_PER_MICRO = 1_000;
  private static final long MAXIMUM_SECONDS = 3_153_600_000L;

  private TokenExpiry() {}

  /**
   * The time in {@code expires_at}, or after the seconds in {@code expires_in}; empty: never.
   *
   * @throws ApiException 400 if a member breaks the rules
   */
  public static Optional<Instant> read(Fields body, Instant now) {
    if (body.isPresentEvenNull("expiry")) {
      throw ApiException.badRequest(
          "Unknown field 'expiry'. Use 'expires_at' (ISO-8601 with timezone) or 'expires_in'"
              + " (positive integer seconds).");
    }
    if (body.has("expires_at")) {
      return body.value("expires_at").map(value -> at(value, now));
    }
    return body.has("expires_in")
        ? body.value("expires_in").map(value -> now.plusSeconds(seconds(value)))
        : Optional.empty();
  }

  private static Instant at(JsonValue value, Instant now) {
    String text =
        value
            .text()
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "'expires_at' must be an ISO-8601 datetime string with timezone (e.g."
                            + " '2026-12-31T23:59:59Z')."));
    Instant time = instant(text);
    if (!time.isAfter(now)) {
      throw ApiException.badRequest("'expires_at' must be in the future.");
    }
    return time;
  }

  private static long seconds(JsonValue value) {
    return value
        .integer()
        .filter(seconds -> seconds > 0 && seconds <= MAXIMUM_SECONDS)
        .orElseThrow(
            () -> ApiException.badRequest("'expires_in' must be a positive integer (seconds)."));
  }

  /** The point in time that a text stands for, to the microsecond. */
  static Instant instant(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw unparsable();
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
      if (offset == null) {
        throw ApiException.badRequest(
            "'expires_at' must include a timezone offset (e.g. 'Z' or '+00:00').");
      }
      return moment(local, offset);
    } catch (DateTimeException e) {
      throw unparsable();
    }
  }

  private static ApiException unparsable() {
    return ApiException.badRequest("'expires_at' is not a valid ISO-8601 datetime.");
  }

  private static Instant moment(LocalDateTime local, String offset) {
    LocalDateTime utc = local.minusMinutes(offsetMinutes(offset));
    if (utc.getYear() < 0 || utc.getYear() > LAST_YEAR) {
      throw new DateTimeException("a year that cannot be written with four digits");
    }
    return utc.toInstant(ZoneOffset.UTC);
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
