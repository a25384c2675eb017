package lockstep.server.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import lockstep.crypto.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Takes the encoding of a record as {@link RecordEncoding} describes it, one column after the
 * other, and digests it. Each read makes one, which is why ids and short texts do not become texts
 * or arrays of their own first.
 */
final class RecordOutput {

  /** All but the details of most records. */
  private static final int BUFFER_BYTES = 512;

  /** From this length on, to have the JDK make an array of a text is quicker than a loop. */
  private static final int LONG_TEXT = 128;

  private static final int ID_BYTES = 36;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final Sha256.Running digest = new Sha256.Running();
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /** How many bytes of the buffer are not digested yet. */
  private int length;

  RecordOutput(byte[] label) {
    digest.add(label);
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

  /** Adds a column that is a text. Its bytes are digested at once, and not kept. */
  void addUtf8(byte[] utf8) {
    begin(utf8.length, 0);
    flush();
    digest.add(utf8);
  }

  private void addNull() {
    reserve(1);
    buffer[length++] = 0;
  }

  private void add(UUID id) {
    begin(ID_BYTES, ID_BYTES);
    addHex(id.getMostSignificantBits() >>> 32, 8);
    buffer[length++] = '-';
    addHex(id.getMostSignificantBits() >>> 16, 4);
    buffer[length++] = '-';
    addHex(id.getMostSignificantBits(), 4);
    buffer[length++] = '-';
    addHex(id.getLeastSignificantBits() >>> 48, 4);
    buffer[length++] = '-';
    addHex(id.getLeastSignificantBits(), 12);
  }

  /** So many of the lowest digits. */
  private void addHex(long bits, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
      buffer[length++] = HEX[(int) (bits >>> (4 * i)) & 0xF];
    }
  }

  private void add(String text) {
    if (text.length() >= LONG_TEXT || !isAscii(text)) {
      addUtf8(text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    begin(text.length(), text.length());
    for (int i = 0; i < text.length(); i++) {
      buffer[length++] = (byte) text.charAt(i);
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

  /**
   * Begins a column that is not null.
   *
   * @param buffered how much of its content goes into the buffer
   */
  private void begin(int contentLength, int buffered) {
    reserve(1 + Integer.BYTES + buffered);
    buffer[length++] = 1;
    for (int shift = 24; shift >= 0; shift -= 8) {
      buffer[length++] = (byte) (contentLength >>> shift);
    }
  }

  private void reserve(int bytes) {
    if (BUFFER_BYTES - length < bytes) {
      flush();
    }
  }

  private void flush() {
    digest.add(buffer, length);
    length = 0;
  }

  /** The SHA-256 of the label and all columns. */
  byte[] digest() {
    flush();
    return digest.end();
  }
}
