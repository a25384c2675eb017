package lockstep.server.testing;

import static lockstep.server.testing.TestApp.object;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import lockstep.crypto.MintedToken;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.Token;
import lockstep.crypto.X25519PublicKey;

/**
 * What a client would send after a key ceremony. Identity key and token are real; the ciphertexts,
 * which no server can open, are random.
 *
 * @param authHash what stands for the password
 */
public record TestCeremony(
    String authHash, String identityKey, X25519PublicKey publicKey, MintedToken token) {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** A new person with a new password. */
  public static TestCeremony perform() {
    return perform(hex(32));
  }

  /** A new key pair of a person with this password. */
  public static TestCeremony perform(String authHash) {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate()) {
      return new TestCeremony(
          authHash,
          keyring.identityKey().hex(),
          keyring.identityKey().toX25519(),
          Token.mint(Token.Kind.USER, keyring.x25519()));
    }
  }

  /** The body that accepts an invite, without a token. */
  public Map<String, Object> body(String email) {
    return object(
        "email", email,
        "authHash", authHash,
        "identityKey", identityKey,
        "wrappedKeyring", wrappedKeyring(),
        "wrappedRecovery", wrappedRecovery());
  }

  /** The same with the token. */
  public Map<String, Object> bodyWithToken(String email) {
    Map<String, Object> body = body(email);
    body.put("token", tokenBody());
    return body;
  }

  /** The token, as it is sent. */
  public Map<String, Object> tokenBody() {
    return object(
        "name", "laptop",
        "bearer", token.token().bearer().hex(),
        "identityKey", publicKey.hex(),
        "wrappedKeyShare", token.wrappedKeyShare());
  }

  public static String wrappedKeyring() {
    return hex(346);
  }

  public static String wrappedRecovery() {
    return hex(200);
  }

  /** Random bytes. */
  public static String hex(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  @Override
  public String toString() {
    return "TestCeremony[" + identityKey + "]";
  }
}
