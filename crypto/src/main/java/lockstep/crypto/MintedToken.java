package lockstep.crypto;

/** A new token, to be shown to its owner once, and what the server stores of it. */
public final class MintedToken {

  private final Token token;
  private final String wrappedKeyShare;

  MintedToken(Token token, String wrappedKeyShare) {
    this.token = token;
    this.wrappedKeyShare = wrappedKeyShare;
  }

  public Token token() {
    return token;
  }

  /** Returns the digest of the bearer token, 32 bytes. */
  public byte[] bearerDigest() {
    return token.bearer().digest();
  }

  /** Returns the server's share of the private key, 208 hexadecimal digits. */
  public String wrappedKeyShare() {
    return wrappedKeyShare;
  }

  /** Returns the X25519 public key of the token, 64 hexadecimal digits. */
  public String identityKey() {
    return token.publicKey().hex();
  }

  @Override
  public String toString() {
    return "MintedToken[" + token.kind() + ", hidden]";
  }
}
