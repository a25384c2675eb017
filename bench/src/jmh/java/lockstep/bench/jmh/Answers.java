package lockstep.bench.jmh;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import lockstep.server.http.Json;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Writing a list of 100 secrets as JSON. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Answers {

  private final List<SecretShape> secrets =
      IntStream.range(0, 100).mapToObj(SecretShape::of).toList();

  /** With the writer of the server. */
  @Benchmark
  public byte[] write() {
    return Json.write(secrets);
  }

  /** The components of a secret in an answer. */
  public record SecretShape(
      UUID id,
      UUID environment,
      @Nullable UUID folder,
      String path,
      String key,
      String keyDigest,
      String value,
      String comment,
      List<String> tags,
      String type,
      String lifecycle,
      int version,
      @Nullable Object override,
      Instant createdAt,
      Instant updatedAt) {

    static SecretShape of(int number) {
      Instant time = Instant.parse("2026-02-03T04:05:06.070809Z");
      return new SecretShape(
          new UUID(number, 1),
          new UUID(1, 1),
          null,
          "/",
          "SERVICE_%04d_PASSWORD".formatted(number),
          "0123456789abcdef".repeat(4),
          "x".repeat(40),
          "rotated by hand, ticket " + number,
          List.of(),
          "secret",
          "static",
          1,
          null,
          time,
          time);
    }
  }
}
