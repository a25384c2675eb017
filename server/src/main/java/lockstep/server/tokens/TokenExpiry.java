package lockstep.server.tokens;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;

/** Reads until when a new token is to live. */
final class TokenExpiry {

  private static final long MAXIMUM_SECONDS = 3_153_600_000L;
  private static final int LAST_YEAR = 9_999;

  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .parseCaseInsensitive()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendLiteral('T')
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffset("+HH:mm", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .optionalEnd()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private TokenExpiry() {}

  /** The time in {@code expires_at}, or after the seconds in {@code expires_in}; empty: never. */
  static Optional<Instant> read(Fields body, Instant now) {
    if (body.isPresentEvenNull("expiry")) {
      throw ApiException.badRequest(
          "Unknown field 'expiry'. Use 'expires_at' (ISO-8601 with timezone) or 'expires_in'"
              + " (positive integer seconds).");
    }
    if (body.has("expires_at")) {
      return Optional.of(at(body, now));
    }
    return body.has("expires_in") ? Optional.of(in(body, now)) : Optional.empty();
  }

  private static Instant at(Fields body, Instant now) {
    String text =
        body.value("expires_at")
            .flatMap(JsonValue::text)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "'expires_at' must be an ISO-8601 datetime string with timezone"
                            + " (e.g. '2026-12-31T23:59:59Z')."));
    Instant time = instant(text.strip()).truncatedTo(ChronoUnit.MICROS);
    if (!time.isAfter(now)) {
      throw ApiException.badRequest("'expires_at' must be in the future.");
    }
    return time;
  }

  private static Instant instant(String text) {
    TemporalAccessor parsed;
    try {
      parsed = ISO.parse(text);
    } catch (DateTimeException e) {
      throw unparsable();
    }
    if (parsed.get(ChronoField.YEAR) > LAST_YEAR || parsed.get(ChronoField.YEAR) < 0) {
      throw unparsable();
    }
    if (!parsed.isSupported(ChronoField.OFFSET_SECONDS)) {
      throw ApiException.badRequest(
          "'expires_at' must include a timezone offset (e.g. 'Z' or '+00:00').");
    }
    return OffsetDateTime.from(parsed).toInstant();
  }

  private static ApiException unparsable() {
    return ApiException.badRequest("'expires_at' is not a valid ISO-8601 datetime.");
  }

  private static Instant in(Fields body, Instant now) {
    long seconds =
        body.value("expires_in")
            .flatMap(JsonValue::integer)
            .filter(number -> number > 0 && number <= MAXIMUM_SECONDS)
            .orElseThrow(
                () ->
                    ApiException.badRequest("'expires_in' must be a positive integer (seconds)."));
    return now.plusSeconds(seconds);
  }
}
