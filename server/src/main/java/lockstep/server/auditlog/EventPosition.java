package lockstep.server.auditlog;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A place among the events by time: nothing moves it, whatever is recorded later. */
record EventPosition(Instant time, long sequence) {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,16})-([0-9]{1,18})");

  /** What {@link #cursor} gave. */
  static Optional<EventPosition> parse(String cursor) {
    Matcher matcher = FORM.matcher(cursor);
    return matcher.matches()
        ? Optional.of(
            new EventPosition(
                Instant.EPOCH.plus(Long.parseLong(matcher.group(1)), ChronoUnit.MICROS),
                Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  /** The same as a text for clients. */
  String cursor() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time) + "-" + sequence;
  }
}
