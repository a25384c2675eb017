package lockstep.server.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import lockstep.crypto.CryptoException;
import lockstep.crypto.DecryptionException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519KeyPair;
import org.jspecify.annotations.Nullable;

/** Opens what is wrapped to one of the server's keys, and wraps it to another. */
public final class ServerCopy {

  /** Stands in place of a name for what no key opens. */
  public static final String UNUSABLE = "none";

  private ServerCopy() {}

  /**
   * Opens the server's copy of the keys of an environment; the caller closes them.
   *
   * @param name of the key it is wrapped to; null if it is not known
   * @throws CryptoException if it is of no use
   * @throws lockstep.server.http.ApiException 503 if this process does not have the key
   */
  static EnvironmentKeys open(
      ServerKeys serverKeys,
      WrappedEnvironmentKeys copy,
      @Nullable String name,
      String identityKey) {
    return opening(serverKeys, name, pair -> EnvironmentKeys.unwrap(copy, pair, identityKey));
  }

  /**
   * Opens the keyring of a service account; the caller closes it.
   *
   * @param name of the key it is wrapped to; null if it is not known
   * @throws CryptoException if it is of no use
   * @throws lockstep.server.http.ApiException 503 if this process does not have the key
   */
  static ServiceAccountKeyring open(ServerKeys serverKeys, String keyring, @Nullable String name) {
    return opening(serverKeys, name, pair -> ServiceAccountKeyring.unwrap(keyring, pair));
  }

  private static <T> T opening(
      ServerKeys serverKeys, @Nullable String name, Function<X25519KeyPair, T> unwrap) {
    if (name != null && !name.equals(UNUSABLE)) {
      return unwrap.apply(serverKeys.find(name).orElseThrow(serverKeys::missing).keyPair());
    }
    List<DecryptionException> failures = new ArrayList<>();
    for (ServerKey key : serverKeys.all()) {
      try {
        return unwrap.apply(key.keyPair());
      } catch (DecryptionException e) {
        failures.add(e);
      }
    }
    throw failures.getFirst();
  }

  /**
   * Wraps the server's copy of the keys of an environment to another server key; empty if it is of
   * no use.
   */
  public static Optional<WrappedEnvironmentKeys> rewrap(
      ServerKeys serverKeys,
      WrappedEnvironmentKeys copy,
      @Nullable String name,
      String identityKey,
      ServerKey target) {
    try (EnvironmentKeys keys = open(serverKeys, copy, name, identityKey)) {
      return Optional.of(keys.wrapFor(target.publicKey()));
    } catch (CryptoException e) {
      return Optional.empty();
    }
  }

  /**
   * Wraps the keyring of a service account to another server key, twice: once for each record of
   * it. Empty if it is of no use.
   */
  public static Optional<Keyring> rewrap(
      ServerKeys serverKeys, String keyring, @Nullable String name, ServerKey target) {
    try (ServiceAccountKeyring opened = open(serverKeys, keyring, name)) {
      return Optional.of(
          new Keyring(
              opened.wrapFor(target.publicKey()),
              opened.wrapFor(target.publicKey()),
              ServerKeys.name(target)));
    } catch (CryptoException e) {
      return Optional.empty();
    }
  }

  /**
   * A keyring as it is stored.
   *
   * @param recovery the keyring once more
   * @param serverKey name of the key that both are wrapped to
   */
  public record Keyring(String keyring, String recovery, String serverKey) {

    @Override
    public String toString() {
      return "Keyring[hidden]";
    }
  }
}
