package lockstep.server.tokens;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import lockstep.crypto.BearerToken;
import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.WrappedKeyShare;
import lockstep.server.auth.TokenExpiry;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.ids.TokenId;
import lockstep.server.ids.Uuids;

/**
 * A personal access token that its member's client made. Of the token itself only the digest is
 * here, and the member's client has the rest.
 */
public final class NewToken {

  private static final int MAXIMUM_NAME = 64;
  private static final Pattern HEX_32_BYTES = Pattern.compile("[0-9a-fA-F]{64}");

  private final TokenId id;
  private final String name;
  private final byte[] digest;
  private final String identityKey;
  private final String wrappedKeyShare;
  private final Instant createdAt;
  private final Optional<Instant> expiresAt;

  private NewToken(
      String name,
      byte[] digest,
      String identityKey,
      String wrappedKeyShare,
      Instant createdAt,
      Optional<Instant> expiresAt) {
    this.id = new TokenId(Uuids.v7(createdAt));
    this.name = name;
    this.digest = digest;
    this.identityKey = identityKey;
    this.wrappedKeyShare = wrappedKeyShare;
    this.createdAt = createdAt;
    this.expiresAt = expiresAt;
  }

  /**
   * Reads a client's token, and forgets its bearer part.
   *
   * @param owner identity key of the member, whose key pair the token must stand for
   */
  public static NewToken read(Fields body, IdentityKey owner, Instant now) {
    String name = body.requiredCleanedText("name", MAXIMUM_NAME);
    Optional<Instant> expiresAt = TokenExpiry.read(body, now);
    byte[] digest = digest(hex(body, "bearer"));
    String identityKey = hex(body, "identityKey").toLowerCase(Locale.ROOT);
    if (!identityKey.equals(owner.toX25519().hex())) {
      throw ApiException.badRequest("The token's 'identityKey' is not the member's X25519 key.");
    }
    String share = body.requiredText("wrappedKeyShare");
    if (!WrappedKeyShare.isWellFormed(share)) {
      throw ApiException.badRequest("'wrappedKeyShare' must be 208 hexadecimal digits.");
    }
    return new NewToken(name, digest, identityKey, share.toLowerCase(Locale.ROOT), now, expiresAt);
  }

  private static String hex(Fields body, String name) {
    String text = body.requiredText(name);
    if (!HEX_32_BYTES.matcher(text).matches()) {
      throw ApiException.badRequest("'" + name + "' must be 64 hexadecimal digits.");
    }
    return text;
  }

  private static byte[] digest(String bearer) {
    try {
      return BearerToken.parse(bearer).digest();
    } catch (FormatException e) {
      throw new IllegalStateException("64 hexadecimal digits are a bearer token", e);
    }
  }

  TokenId id() {
    return id;
  }

  String name() {
    return name;
  }

  byte[] digest() {
    return digest.clone();
  }

  String identityKey() {
    return identityKey;
  }

  String wrappedKeyShare() {
    return wrappedKeyShare;
  }

  Instant createdAt() {
    return createdAt;
  }

  Optional<Instant> expiresAt() {
    return expiresAt;
  }

  @Override
  public String toString() {
    return "NewToken[" + id + ", not shown]";
  }
}
