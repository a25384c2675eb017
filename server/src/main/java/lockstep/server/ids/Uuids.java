package lockstep.server.ids;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Reads and makes UUIDs. */
public final class Uuids {

  private static final int TEXT_LENGTH = 36;
  private static final long MAX_UNIX_MILLIS = (1L << 48) - 1;
  private static final int NANOS_PER_MILLI = 1_000_000;
  private static final long VERSION_7 = 0x7000L;
  private static final long VARIANT = 0x8000_0000_0000_0000L;
  private static final long BELOW_VARIANT = 0x3fff_ffff_ffff_ffffL;

  private Uuids() {}

  /**
   * The UUID that this text is the canonical form of: 8-4-4-4-12 hexadecimal digits in any letter
   * case. Empty for any other text, shortened groups included.
   */
  public static Optional<UUID> parse(String text) {
    return isCanonical(text) ? Optional.of(UUID.fromString(text)) : Optional.empty();
  }

  /** A new version 7 UUID for this time, with randomness nobody can predict. */
  public static UUID v7(Instant time) {
    return v7(time, Holder.RANDOM);
  }

  /**
   * A new version 7 UUID: ids of later times sort after ids of earlier ones when compared as text
   * or as bytes, down to a fraction of a microsecond. Within that fraction the order is random.
   *
   * @throws IllegalArgumentException if the time is before 1970 or too late for 48 bits of
   *     milliseconds
   */
  public static UUID v7(Instant time, RandomGenerator random) {
    long millis = time.toEpochMilli();
    if (millis < 0 || millis > MAX_UNIX_MILLIS) {
      throw new IllegalArgumentException("no version 7 UUID can hold the time " + time);
    }
    long nanosOfMilli = Duration.between(Instant.ofEpochMilli(millis), time).toNanos();
    long twelveBitFraction = (nanosOfMilli << 12) / NANOS_PER_MILLI;
    return new UUID(
        millis << 16 | VERSION_7 | twelveBitFraction,
        VARIANT | (random.nextLong() & BELOW_VARIANT));
  }

  private static boolean isCanonical(String text) {
    if (text.length() != TEXT_LENGTH) {
      return false;
    }
    for (int i = 0; i < TEXT_LENGTH; i++) {
      boolean dashExpected = i == 8 || i == 13 || i == 18 || i == 23;
      char c = text.charAt(i);
      if (dashExpected ? c != '-' : !HexFormat.isHexDigit(c)) {
        return false;
      }
    }
    return true;
  }

  /** Seeds the generator only in programs that make ids. */
  private static final class Holder {
    static final SecureRandom RANDOM = new SecureRandom();
  }
}
