package lockstep.crypto;

/**
 * A token as its owner holds it:
 *
 * <pre>{kind}:v{version}:{bearer token}:{public key}:{key share}:{wrap key}</pre>
 *
 * <p>the last four 64 hexadecimal digits each. The bearer token authenticates; the rest, together
 * with the {@linkplain WrappedKeyShare share kept by the server}, gives the private key. The server
 * has no use for this string except at the moment when it makes one.
 */
public final class Token {

  /** Whose token it is. */
  public enum Kind {
    /** A member's personal access token. */
    USER("pss_user:v1", "User"),
    SERVICE_ACCOUNT("pss_service:v2", "ServiceAccount"),
    /** A token that has a key pair and environment keys of its own. */
    SERVICE("pss_service:v1", "Service");

    private final String prefix;
    private final String headerName;

    Kind(String prefix, String headerName) {
      this.prefix = prefix;
      this.headerName = headerName;
    }

    /** Returns the first two fields of a token string. */
    public String prefix() {
      return prefix;
    }

    /** Returns the word that precedes the bearer token in a request. */
    public String headerName() {
      return headerName;
    }
  }

  private static final int SHARE_BYTES = 32;

  private final String text;
  private final Kind kind;
  private final BearerToken bearer;
  private final X25519PublicKey publicKey;
  private final byte[] share0;
  private final byte[] wrapKey;

  private Token(String text) {
    String[] fields = text.split(":", -1);
    if (fields.length != 6) {
      throw new FormatException("token must have six fields with colons between");
    }
    this.text = text;
    this.kind = kindOf(fields[0], fields[1]);
    this.bearer = BearerToken.parse(fields[2]);
    this.publicKey = X25519PublicKey.parse(fields[3]);
    this.share0 = Hex.decode(fields[4], SHARE_BYTES, "key share of the token");
    this.wrapKey = Hex.decode(fields[5], RawSymmetric.KEY_BYTES, "wrap key of the token");
  }

  /**
   * Reads a token.
   *
   * @throws FormatException if this is not of the form above or of an unknown kind
   */
  public static Token parse(String text) {
    return new Token(text);
  }

  /**
   * Makes a new token of an owner's key pair, which stays open.
   *
   * <p>For {@link Kind#SERVICE} the pair is to be generated for this token alone.
   */
  public static MintedToken mint(Kind kind, X25519KeyPair owner) {
    return mint(kind, owner, Entropy.SYSTEM);
  }

  static MintedToken mint(Kind kind, X25519KeyPair owner, Entropy entropy) {
    BearerToken bearer = BearerToken.generate(entropy);
    byte[] wrapKey = entropy.bytes(RawSymmetric.KEY_BYTES);
    byte[] privateKey = owner.privateKey();
    try (SecretSplit split = SecretSplit.of(privateKey, entropy)) {
      Token token =
          new Token(
              String.join(
                  ":",
                  kind.prefix,
                  bearer.hex(),
                  owner.publicKey().hex(),
                  Hex.encode(split.share0()),
                  Hex.encode(wrapKey)));
      return new MintedToken(token, WrappedKeyShare.wrap(split.share1(), wrapKey, entropy));
    } finally {
      Bytes.erase(privateKey, wrapKey);
    }
  }

  /** Members' tokens are recognised whatever their version, as all clients do. */
  private static Kind kindOf(String name, String version) {
    if (name.equals("pss_user") && version.matches("v[0-9]+")) {
      return Kind.USER;
    }
    String prefix = name + ":" + version;
    for (Kind kind : Kind.values()) {
      if (kind.prefix.equals(prefix)) {
        return kind;
      }
    }
    throw new FormatException("unknown kind or version of token");
  }

  public Kind kind() {
    return kind;
  }

  public BearerToken bearer() {
    return bearer;
  }

  public X25519PublicKey publicKey() {
    return publicKey;
  }

  /** Returns the whole token, in the clear. */
  public String text() {
    return text;
  }

  /** Returns what follows "Bearer " in the Authorization header. */
  public String bearerHeaderValue() {
    return kind.headerName + " " + bearer.hex();
  }

  /**
   * Puts the private key together; the caller closes the pair.
   *
   * @throws FormatException if the share is not well-formed
   * @throws DecryptionException if the share belongs to another token or was changed
   */
  public X25519KeyPair reconstruct(String wrappedKeyShare) {
    byte[] share1 = WrappedKeyShare.unwrap(wrappedKeyShare, wrapKey);
    byte[] privateKey = SecretSplit.combine(share0, share1);
    try {
      X25519KeyPair pair = X25519KeyPair.fromPrivateKey(privateKey);
      if (!pair.publicKey().equals(publicKey)) {
        pair.close();
        throw new DecryptionException("key shares do not give the private key of this token");
      }
      return pair;
    } finally {
      Bytes.erase(share1, privateKey);
    }
  }

  @Override
  public String toString() {
    return "Token[" + kind + ", hidden]";
  }
}
