package lockstep.server.keys;

import lockstep.crypto.IdentityKey;
import lockstep.crypto.MintedToken;
import lockstep.crypto.ServerKey;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;

/**
 * Makes service accounts whose keys the server manages, and their tokens. Private keys exist only
 * while a method runs.
 */
public final class ServiceAccountKeyrings {

  private final ServerKey serverKey;

  /** Works with this server key. */
  public ServiceAccountKeyrings(ServerKey serverKey) {
    this.serverKey = serverKey;
  }

  /** The keys of a new account, and its first token. */
  public NewKeyring generate() {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      return new NewKeyring(
          keyring.identityKey(),
          keyring.wrapFor(serverKey.publicKey()),
          keyring.wrapFor(serverKey.publicKey()),
          mint(keyring));
    }
  }

  /** A token of the account whose keyring is stored in this form. */
  public MintedToken mint(String serverWrappedKeyring) {
    try (ServiceAccountKeyring keyring =
        ServiceAccountKeyring.unwrap(serverWrappedKeyring, serverKey.keyPair())) {
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
   * @param wrappedKeyring encrypted to the server
   * @param wrappedRecovery the keyring once more, as it has no recovery phrase
   */
  public record NewKeyring(
      IdentityKey identityKey,
      String wrappedKeyring,
      String wrappedRecovery,
      MintedToken firstToken) {

    @Override
    public String toString() {
      return "NewKeyring[hidden]";
    }
  }
}
