package lockstep.bench.jmh;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.crypto.FieldSealer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Encrypting and decrypting 100 values of 40 characters. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Fields {

  private static final int COUNT = 100;
  private static final String VALUE = "x".repeat(40);

  private EnvironmentKeys keys = EnvironmentKeys.generate();
  private List<String> ofOneWrite = List.of();
  private List<String> ofManyWrites = List.of();

  /** Seals what is opened later. */
  @Setup
  public void seal() {
    try (FieldSealer sealer = keys.sealer()) {
      ofOneWrite = IntStream.range(0, COUNT).mapToObj(_ -> sealer.seal(VALUE).toString()).toList();
    }
    ofManyWrites = IntStream.range(0, COUNT).mapToObj(_ -> sealAlone()).toList();
  }

  private String sealAlone() {
    try (FieldSealer sealer = keys.sealer()) {
      return sealer.seal(VALUE).toString();
    }
  }

  /** Erases the keys. */
  @TearDown
  public void close() {
    keys.close();
  }

  /** All in one request, which shares one ephemeral key. */
  @Benchmark
  public void encrypt(Blackhole hole) {
    try (FieldSealer sealer = keys.sealer()) {
      for (int i = 0; i < COUNT; i++) {
        hole.consume(sealer.seal(VALUE));
      }
    }
  }

  /** What one request wrote: one key agreement for all. */
  @Benchmark
  public void decryptOfOneWrite(Blackhole hole) {
    open(ofOneWrite, hole);
  }

  /** What as many requests wrote: a key agreement for each. */
  @Benchmark
  public void decryptOfManyWrites(Blackhole hole) {
    open(ofManyWrites, hole);
  }

  private void open(List<String> ciphertexts, Blackhole hole) {
    try (FieldOpener opener = keys.opener()) {
      for (String ciphertext : ciphertexts) {
        hole.consume(opener.open(ciphertext));
      }
    }
  }
}
