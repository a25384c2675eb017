package lockstep.bench.jmh;

import java.util.concurrent.TimeUnit;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519KeyPair;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Keys of an environment, wrapped for one account, and unwrapped by it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Wrapping {

  private final EnvironmentKeys keys = EnvironmentKeys.generate();
  private final X25519KeyPair account = X25519KeyPair.generate();
  private final WrappedEnvironmentKeys wrapped = keys.wrapFor(account.publicKey());
  private final String identity = keys.identityKey();

  /** Erases the keys. */
  @TearDown
  public void close() {
    keys.close();
    account.close();
  }

  /** Seed and salt. */
  @Benchmark
  public WrappedEnvironmentKeys wrap() {
    return keys.wrapFor(account.publicKey());
  }

  /** Both, and the key pair that follows from the seed. */
  @Benchmark
  public String unwrap() {
    try (EnvironmentKeys unwrapped = EnvironmentKeys.unwrap(wrapped, account, identity)) {
      return unwrapped.identityKey();
    }
  }

  /** What a secret is found by. */
  @Benchmark
  public String digestName() {
    return keys.keyDigest("SERVICE_0042_PASSWORD");
  }
}
