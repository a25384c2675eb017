package lockstep.server.organisations;

import lockstep.crypto.AccountKeys;
import lockstep.crypto.DeviceKey;
import lockstep.crypto.MintedToken;
import lockstep.crypto.Mnemonic;
import lockstep.crypto.PasswordAuthentication;
import lockstep.crypto.PasswordHash;
import lockstep.crypto.Token;

/**
 * What the key ceremony of an organisation's owner yields, the way a client would perform it. The
 * secret half (password, phrase, token) is shown once and not kept; the rest is what a server
 * stores.
 */
record Owner(
    String email,
    String password,
    String recoveryPhrase,
    Token token,
    String identityKey,
    String wrappedKeyring,
    String wrappedRecovery,
    String passwordHash,
    MintedToken minted) {

  /** Takes several seconds and 1 GiB of memory: the protocol derives keys slowly on purpose. */
  static Owner perform(String organisationId, String email, String password) {
    Mnemonic mnemonic = Mnemonic.generate();
    try (AccountKeys keys = AccountKeys.derive(mnemonic, organisationId);
        DeviceKey device = DeviceKey.derive(password, email)) {
      MintedToken minted = Token.mint(Token.Kind.USER, keys.x25519());
      return new Owner(
          email,
          password,
          mnemonic.phrase(),
          minted.token(),
          keys.identityKey().hex(),
          device.wrapKeyring(keys),
          device.wrapRecovery(mnemonic),
          PasswordHash.hash(PasswordAuthentication.authHash(password, email)),
          minted);
    }
  }

  @Override
  public String toString() {
    return "Owner[not shown]";
  }
}
