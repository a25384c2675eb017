package lockstep.server.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import lockstep.crypto.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Takes the encoding of a record as {@link RecordEncoding} describes it, one column after the
 * other. Each read makes one, so columns are written where they belong, and not to arrays of their
 * own first.
 */
final class RecordOutput {

  /** Most records take less. */
  private static final int USUAL_BYTES = 768;

  /** From here on, the JDK is quicker than a loop by as much as an array costs. */
  private static final int LONG_TEXT = 128;

  private static final int ID_BYTES = 36;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private byte[] bytes;
  private int length;

  RecordOutput(byte[] label) {
    bytes = Arrays.copyOf(label, USUAL_BYTES);
    length = label.length;
  }

  /**
   * Adds a column.
   *
   * @param value as in {@link EventContent#columns}
   */
  void add(@Nullable Object value) {
    switch (value) {
      case null -> addNull();
      case UUID id -> add(id);
      case Instant instant -> add(Long.toString(micros(instant)));
      default -> add(value.toString());
    }
  }

  private void addNull() {
    reserve(1);
    bytes[length++] = 0;
  }

  private void add(UUID id) {
    begin(ID_BYTES);
    addHex(id.getMostSignificantBits() >>> 32, 8);
    bytes[length++] = '-';
    addHex(id.getMostSignificantBits() >>> 16, 4);
    bytes[length++] = '-';
    addHex(id.getMostSignificantBits(), 4);
    bytes[length++] = '-';
    addHex(id.getLeastSignificantBits() >>> 48, 4);
    bytes[length++] = '-';
    addHex(id.getLeastSignificantBits(), 12);
  }

  /** So many of the lowest digits. */
  private void addHex(long bits, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
      bytes[length++] = HEX[(int) (bits >>> (4 * i)) & 0xF];
    }
  }

  private void add(String text) {
    if (text.length() >= LONG_TEXT || !isAscii(text)) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      begin(utf8.length);
      System.arraycopy(utf8, 0, bytes, length, utf8.length);
      length += utf8.length;
      return;
    }
    begin(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes[length++] = (byte) text.charAt(i);
    }
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static long micros(Instant instant) {
    return TimeUnit.SECONDS.toMicros(instant.getEpochSecond())
        + TimeUnit.NANOSECONDS.toMicros(instant.getNano());
  }

  /** Makes space for a column that is not null. */
  private void begin(int contentLength) {
    reserve(1 + Integer.BYTES + contentLength);
    bytes[length++] = 1;
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (contentLength >>> shift);
    }
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }

  /** The SHA-256 of what was added. */
  byte[] digest() {
    return Sha256.ofFirst(length, bytes);
  }
}
