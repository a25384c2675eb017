package lockstep.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * JSON as this API speaks it. Written: records by component name and order, nulls included,
 * instants as UTC with six fraction digits, durations as {@code [D ]HH:MM:SS[.ffffff]}. Read:
 * objects only, strictly (see {@link #parse}).
 */
public final class Json {
  private static final int MAX_DEPTH = 64;

  private static final JsonReader READER = new JsonReader(MAX_DEPTH);

  private static final JsonMapper MAPPER = mapper().build();
  private static final JsonMapper SNAKE_CASE_MAPPER =
      mapper().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** A value that {@link #write} wrote before, to be written as it is. */
  public static final class Written {

    private final String json;
    private final byte[] utf8;

    public Written(String json) {
      this(json, json.getBytes(StandardCharsets.UTF_8));
    }

    private Written(String json, byte[] utf8) {
      this.json = json;
      this.utf8 = utf8;
    }

    /** What {@link #write} writes. */
    public static Written of(Object value) {
      byte[] utf8 = write(value);
      return new Written(new String(utf8, StandardCharsets.UTF_8), utf8);
    }

    public String json() {
      return json;
    }

    /** The same in UTF-8, not to be changed. */
    public byte[] utf8() {
      return utf8;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Written written && json.equals(written.json);
    }

    @Override
    public int hashCode() {
      return json.hashCode();
    }

    @Override
    public String toString() {
      return "Written[" + utf8.length + " bytes]";
    }
  }

  private Json() {}

  /** The value as UTF-8 JSON: records, maps, collections and the simple values in them. */
  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /** As {@link #write}, with components of records named like {@code key_digest}. */
  public static byte[] writeSnakeCase(Object value) {
    return SNAKE_CASE_MAPPER.writeValueAsBytes(value);
  }

  private static JsonMapper.Builder mapper() {
    return JsonMapper.builder()
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .addModule(
            new SimpleModule()
                .addSerializer(Instant.class, new InstantWriter())
                .addSerializer(Duration.class, new DurationWriter())
                .addSerializer(Written.class, new AsItIs()));
  }

  /**
   * Reads a JSON object of at most 64 levels.
   *
   * @throws ApiException 400 when the bytes are not UTF-8, not JSON, nested deeper, name a member
   *     twice, are not an object, or hold U+0000
   */
  public static Fields parse(byte[] json) {
    return READER.object(json);
  }

  /**
   * What this server wrote as JSON, to be written as part of something else. If it is not legal
   * JSON any more, it is its text.
   */
  public static Object written(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      return json;
    }
  }

  /**
   * The text of a JSON string that {@link #write} wrote.
   *
   * @param begin of its first quotation mark
   * @param end behind its last one
   */
  public static String readString(byte[] json, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (json[i] == '\\') {
        return MAPPER.readValue(json, begin, end - begin, String.class);
      }
    }
    return new String(json, begin + 1, end - begin - 2, StandardCharsets.UTF_8);
  }

  /** RFC 3339, UTC, six fraction digits; finer digits are cut. */
  public static String text(Instant instant) {
    return InstantWriter.text(instant);
  }

  /** {@code [D ]HH:MM:SS}, and six fraction digits if there is a fraction. */
  public static String text(Duration duration) {
    long days = Math.floorDiv(duration.getSeconds(), 86_400L);
    long seconds = Math.floorMod(duration.getSeconds(), 86_400L);
    int micros = duration.getNano() / 1_000;
    StringBuilder text = new StringBuilder(24);
    if (days != 0) {
      text.append(days).append(' ');
    }
    text.append(
        String.format(
            Locale.ROOT, "%02d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60));
    if (micros != 0) {
      text.append(String.format(Locale.ROOT, ".%06d", micros));
    }
    return text.toString();
  }

  /**
   * Two instants per listed object are the rule, so this is written out by hand: 10 times faster.
   */
  private static final class InstantWriter extends ValueSerializer<Instant> {
    private static final DateTimeFormatter ANY_YEAR =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT);

    @Override
    public void serialize(Instant value, JsonGenerator json, SerializationContext context) {
      json.writeString(text(value));
    }

    static String text(Instant instant) {
      LocalDateTime utc =
          LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
      if (utc.getYear() < 0 || utc.getYear() > 9_999) {
        return ANY_YEAR.format(utc);
      }
      char[] text = "0000-00-00T00:00:00.000000Z".toCharArray();
      digits(text, 0, 4, utc.getYear());
      digits(text, 5, 2, utc.getMonthValue());
      digits(text, 8, 2, utc.getDayOfMonth());
      digits(text, 11, 2, utc.getHour());
      digits(text, 14, 2, utc.getMinute());
      digits(text, 17, 2, utc.getSecond());
      digits(text, 20, 6, utc.getNano() / 1_000);
      return new String(text);
    }

    private static void digits(char[] text, int start, int count, int number) {
      int rest = number;
      for (int i = start + count - 1; i >= start; i--) {
        text[i] = (char) ('0' + rest % 10);
        rest /= 10;
      }
    }
  }

  private static final class AsItIs extends ValueSerializer<Written> {
    @Override
    public void serialize(Written value, JsonGenerator json, SerializationContext context) {
      json.writeRawValue(value.json());
    }
  }

  private static final class DurationWriter extends ValueSerializer<Duration> {
    @Override
    public void serialize(Duration value, JsonGenerator json, SerializationContext context) {
      json.writeString(text(value));
    }
  }
}
