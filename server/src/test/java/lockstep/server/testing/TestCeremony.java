package lockstep.server.testing;

import static lockstep.server.testing.TestApp.object;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.Map;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.MintedToken;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.Token;
import lockstep.crypto.X25519KeyPair;
import lockstep.crypto.X25519PublicKey;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a client would send after a key ceremony. Identity key and token are real; the ciphertexts,
 * which no server can open, are random.
 *
 * @param authHash what stands for the password
 * @param signingSeed of the identity key, 64 hexadecimal digits
 */
public record TestCeremony(
    String authHash,
    String identityKey,
    X25519PublicKey publicKey,
    MintedToken token,
    String signingSeed) {

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
          Token.mint(Token.Kind.USER, keyring.x25519()),
          signingSeed(keyring));
    }
  }

  private static String signingSeed(ServiceAccountKeyring keyring) {
    try (X25519KeyPair pair = keyring.x25519()) {
      String json = Ciphertext.parse(keyring.wrapFor(pair.publicKey())).decrypt(pair);
      String privateKey = JsonMapper.shared().readTree(json).get("privateKey").stringValue();
      return privateKey.substring(0, 64);
    }
  }

  /** An Ed25519 signature with the identity key, by the JDK. */
  public String sign(String message) {
    try {
      byte[] encoded = HexFormat.of().parseHex("302e020100300506032b657004220420" + signingSeed);
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(
          KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded)));
      signature.update(message.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
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
