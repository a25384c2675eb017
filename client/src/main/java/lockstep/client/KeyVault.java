package lockstep.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.client.Session.Place;
import lockstep.client.TokensAnswer.EnvironmentEntry;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import org.jspecify.annotations.Nullable;

/**
 * The keys that the token opens, each opened when it is first needed and kept until the vault is
 * closed. Keys that were replaced on the server stay as well: another thread may be using them.
 * Safe for use by several threads.
 */
final class KeyVault implements AutoCloseable {

  private final Token token;
  private final Map<UUID, Opened> opened = new HashMap<>();
  private final List<EnvironmentKeys> replaced = new ArrayList<>();
  private @Nullable X25519KeyPair tokenKeys;
  private boolean closed;

  KeyVault(Token token) {
    this.token = token;
  }

  /**
   * The keys of an environment, which stay the vault's.
   *
   * @throws UnexpectedAnswerException if what the server sent does not open with the token, or is
   *     not the key that it is said to be
   * @throws IllegalStateException if the vault is closed
   */
  synchronized EnvironmentKeys open(Session session, Place place) {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    EnvironmentEntry entry = place.environment();
    Opened known = opened.get(entry.id());
    if (known != null && known.isOf(entry)) {
      return known.keys();
    }
    try {
      EnvironmentKeys keys =
          EnvironmentKeys.unwrap(
              entry.wrapped(), tokenKeys(session.answer().wrappedKeyShare()), entry.identityKey());
      if (known != null) {
        replaced.add(known.keys());
      }
      opened.put(entry.id(), new Opened(entry, keys));
      return keys;
    } catch (CryptoException e) {
      throw new UnexpectedAnswerException(
          "the keys of " + place.name() + " do not open with this token: " + e.getMessage());
    }
  }

  private X25519KeyPair tokenKeys(String wrappedKeyShare) {
    X25519KeyPair known = tokenKeys;
    if (known == null) {
      known = token.reconstruct(wrappedKeyShare);
      tokenKeys = known;
    }
    return known;
  }

  /** Erases all keys. What is being read or written with them fails. */
  @Override
  public synchronized void close() {
    closed = true;
    replaced.forEach(EnvironmentKeys::close);
    opened.values().forEach(open -> open.keys().close());
    if (tokenKeys != null) {
      tokenKeys.close();
    }
  }

  private record Opened(EnvironmentEntry entry, EnvironmentKeys keys) {

    /** Text by text: to compare records takes a process that does it for the first time long. */
    boolean isOf(EnvironmentEntry other) {
      return entry.identityKey().equals(other.identityKey())
          && entry.wrapped().wrappedSeed().equals(other.wrapped().wrappedSeed())
          && entry.wrapped().wrappedSalt().equals(other.wrapped().wrappedSalt());
    }

    @Override
    public String toString() {
      return "Opened[" + entry.id() + "]";
    }
  }
}
