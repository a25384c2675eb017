package lockstep.server.auditlog;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.server.audit.StoredEvent;

/** A place among the events by time: nothing moves it, whatever is recorded later. */
record EventPosition(Instant time, long sequence) implements Comparable<EventPosition> {

  private static final Comparator<EventPosition> ORDER =
      Comparator.comparing(EventPosition::time).thenComparingLong(EventPosition::sequence);

  private static final Pattern FORM = Pattern.compile("([0-9]{1,16})-([0-9]{1,18})");

  /** The place of this event. */
  static EventPosition of(StoredEvent event) {
    return new EventPosition(event.createdAt(), event.sequence());
  }

  /** A place before all events of this time and later, and after all others. */
  static EventPosition at(Instant time) {
    return new EventPosition(time, 0);
  }

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

  @Override
  public int compareTo(EventPosition other) {
    return ORDER.compare(this, other);
  }
}
