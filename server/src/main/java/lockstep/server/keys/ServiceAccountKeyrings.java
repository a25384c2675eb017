package lockstep.server.keys;

import lockstep.crypto.IdentityKey;
import lockstep.crypto.MintedToken;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes service accounts whose keys the server manages, and their tokens. Private keys exist only
 * while a method runs.
 */
public final class ServiceAccountKeyrings {

  private final ServerKeys serverKeys;

  /** Works with these server keys. */
  public ServiceAccountKeyrings(ServerKeys serverKeys) {
    this.serverKeys = serverKeys;
  }

  /** The keys of a new account, and its first token. */
  public NewKeyring generate() {
    ServerKey serverKey = serverKeys.latest();
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      return new NewKeyring(
          keyring.identityKey(),
          new ServerCopy.Keyring(
              keyring.wrapFor(serverKey.publicKey()),
              keyring.wrapFor(serverKey.publicKey()),
              ServerKeys.name(serverKey)),
          mint(keyring));
    }
  }

  /** What is stored of new keys: wrapped to the server key in use, which may be another by now. */
  public ServerCopy.Keyring toStore(DSLContext db, NewKeyring keys) {
    ServerKey inUse = serverKeys.inUse(db);
    ServerCopy.Keyring made = keys.wrapped();
    return made.serverKey().equals(ServerKeys.name(inUse))
        ? made
        : ServerCopy.rewrap(serverKeys, made.keyring(), made.serverKey(), inUse).orElseThrow();
  }

  /**
   * A token of the account whose keyring is stored in this form.
   *
   * @param serverKey name of the server key that it is wrapped to; null if it is not known
   */
  public MintedToken mint(String serverWrappedKeyring, @Nullable String serverKey) {
    try (ServiceAccountKeyring keyring =
        ServerCopy.open(serverKeys, serverWrappedKeyring, serverKey)) {
      return mint(keyring);
    }
  }

  private static MintedToken mint(ServiceAccountKeyring keyring) {
    try (X25519KeyPair pair = keyring.x25519()) {
      return Token.mint(Token.Kind.SERVICE_ACCOUNT, pair);
    }
  }

  /**
   * The keys of an account as they are stored, and its first token.
   *
   * @param wrapped encrypted to the server
   */
  public record NewKeyring(
      IdentityKey identityKey, ServerCopy.Keyring wrapped, MintedToken firstToken) {

    @Override
    public String toString() {
      return "NewKeyring[hidden]";
    }
  }
}
