package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TokenTest {

  @VectorTest("tokens")
  void leadsFromTheStringToTheKeysOfTheEnvironments(Vector vector) {
    Token token = Token.parse(vector.text("token"));

    assertThat(token.kind().headerName()).isEqualTo(vector.text("kind"));
    assertThat(token.text()).isEqualTo(vector.text("token"));
    assertThat(token.bearer().hex()).isEqualTo(vector.text("bearer_token"));
    assertThat("Bearer " + token.bearerHeaderValue())
        .isEqualTo(vector.text("authorization_header"));
    assertThat(BearerToken.digest(vector.text("bearer_token")))
        .isEqualTo(token.bearer().digest())
        .isEqualTo(vector.hex("bearer_sha256"));
    assertThat(token.publicKey().hex()).isEqualTo(vector.text("x25519_public_key"));

    Vector response = vector.object("tokens_response");
    assertThat(WrappedKeyShare.isWellFormed(response.text("wrapped_key_share"))).isTrue();
    try (X25519KeyPair pair = token.reconstruct(response.text("wrapped_key_share"))) {
      assertThat(pair.privateKey()).isEqualTo(vector.hex("x25519_private_key"));
      assertEnvironments(response, vector.list("expected_environments"), pair);
    }
  }

  private static void assertEnvironments(
      Vector response, List<Vector> expected, X25519KeyPair pair) {
    var records = new ArrayList<Vector>();
    response.list("apps").forEach(app -> records.addAll(app.list("environment_keys")));
    assertThat(records).hasSameSizeAs(expected);
    for (int i = 0; i < records.size(); i++) {
      Vector record = records.get(i);
      Vector environment = expected.get(i);
      var wrapped =
          new WrappedEnvironmentKeys(record.text("wrapped_seed"), record.text("wrapped_salt"));
      try (EnvironmentKeys keys =
          EnvironmentKeys.unwrap(wrapped, pair, record.text("identity_key"))) {
        assertThat(record.object("environment").text("id"))
            .isEqualTo(environment.text("environment_id"));
        assertThat(keys.seedHex()).isEqualTo(environment.text("seed"));
        assertThat(keys.salt()).isEqualTo(environment.text("salt"));
        assertThat(keys.identityKey()).isEqualTo(environment.text("public_key"));
        assertThat(keys.keyPair().privateKey()).isEqualTo(environment.hex("private_key"));
      }
    }
  }

  @VectorTest("tokens")
  void isMintedToTheByte(Vector vector) {
    Token.Kind kind = Token.parse(vector.text("token")).kind();
    X25519KeyPair owner = vector.keyPair("x25519_private_key", "x25519_public_key");
    var entropy =
        new ScriptedEntropy(
            vector.hex("bearer_token"),
            vector.hex("wrap_key"),
            vector.hex("keyshare0"),
            vector.hex("wrapped_key_share_nonce"));

    MintedToken minted = Token.mint(kind, owner, entropy);

    assertThat(minted.token().text()).isEqualTo(vector.text("token"));
    assertThat(minted.wrappedKeyShare()).isEqualTo(vector.text("wrapped_key_share"));
    assertThat(minted.bearerDigest()).isEqualTo(vector.hex("bearer_sha256"));
    assertThat(minted.identityKey()).isEqualTo(vector.text("x25519_public_key"));
    assertThat(WrappedKeyShare.unwrap(minted.wrappedKeyShare(), vector.hex("wrap_key")))
        .isEqualTo(vector.hex("keyshare1"));
  }

  @VectorTest("secret_split")
  void splitsSecrets(Vector vector) {
    try (SecretSplit split =
        SecretSplit.of(vector.hex("secret"), new ScriptedEntropy(vector.hex("share0")))) {
      assertThat(split.share0()).isEqualTo(vector.hex("share0"));
      assertThat(split.share1()).isEqualTo(vector.hex("share1"));
      assertThat(SecretSplit.combine(split.share0(), split.share1()))
          .isEqualTo(vector.hex("secret"));
    }
  }

  @VectorTest("xor_reconstruct")
  void combinesSharesAsExistingClientsDo(Vector vector) {
    List<byte[]> shares =
        vector.list("shares").stream().map(share -> Hex.decode(share.text())).toList();

    assertThat(SecretSplit.combine(shares.get(0), shares.get(1))).isEqualTo(vector.hex("expected"));
  }

  @Test
  void refusesSharesOfAnotherLength() {
    assertThatThrownBy(() -> SecretSplit.combine(new byte[32], new byte[31]))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> SecretSplit.combine(new byte[31], new byte[31]))
        .isInstanceOf(FormatException.class);
  }

  @ParameterizedTest
  @EnumSource
  void mintedTokensGiveTheOwnersKeyBack(Token.Kind kind) {
    try (X25519KeyPair owner = X25519KeyPair.generate()) {
      MintedToken minted = Token.mint(kind, owner);

      Token token = Token.parse(minted.token().text());

      assertThat(token.kind()).isEqualTo(kind);
      assertThat(token.bearerHeaderValue()).matches(kind.headerName() + " [0-9a-f]{64}");
      assertThat(minted.bearerDigest()).isEqualTo(BearerToken.digest(token.bearer().hex()));
      try (X25519KeyPair pair = token.reconstruct(minted.wrappedKeyShare())) {
        assertThat(pair.privateKey()).isEqualTo(owner.privateKey());
      }
    }
  }

  @Test
  void membersTokensAreRecognisedWhateverTheirVersion() {
    String rest = (":" + "ab".repeat(32)).repeat(4);

    assertThat(Token.parse("pss_user:v2" + rest).kind()).isEqualTo(Token.Kind.USER);
    assertThat(Token.parse("pss_user:v2" + rest).text()).isEqualTo("pss_user:v2" + rest);
  }

  @Test
  void refusesWhatIsNearlyAToken() {
    String field = ":" + "ab".repeat(32);
    String rest = field.repeat(4);

    assertRefused("");
    assertRefused("pss_service:v3" + rest);
    assertRefused("pss_env:v1" + rest);
    assertRefused("pss_user:v" + rest);
    assertRefused("pss_user:1" + rest);
    assertRefused("pss_user:v-1" + rest);
    assertRefused("pss_user:v١" + rest);
    assertRefused("PSS_USER:v1" + rest);
    assertRefused("pss_user:v1" + field.repeat(3));
    assertRefused("pss_user:v1" + field.repeat(5));
    assertRefused("pss_user:v1" + field.repeat(3) + ":");
    assertRefused("pss_user:v1" + rest + "\n");
    assertRefused(" pss_user:v1" + rest);
    assertRefused("pss_user:v1" + rest.replaceFirst("ab", "xy"));
    assertRefused("pss_user:v1" + field + ":" + "00".repeat(32) + field + field);
  }

  private static void assertRefused(String text) {
    assertThatThrownBy(() -> Token.parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesTheShareOfAnotherToken() {
    try (X25519KeyPair owner = X25519KeyPair.generate()) {
      MintedToken one = Token.mint(Token.Kind.USER, owner);
      MintedToken other = Token.mint(Token.Kind.USER, owner);

      assertThatThrownBy(() -> one.token().reconstruct(other.wrappedKeyShare()))
          .isInstanceOf(DecryptionException.class);
      assertThatThrownBy(() -> one.token().reconstruct("")).isInstanceOf(FormatException.class);
      assertThat(WrappedKeyShare.isWellFormed("ab".repeat(103))).isFalse();
      assertThat(WrappedKeyShare.isWellFormed("xy".repeat(104))).isFalse();
    }
  }

  @Test
  void refusesSharesThatGiveAnotherKey() {
    try (X25519KeyPair owner = X25519KeyPair.generate()) {
      Token token = Token.mint(Token.Kind.SERVICE, owner).token();
      byte[] wrapKey = Hex.decode(token.text().substring(token.text().length() - 64));
      String anotherShare = WrappedKeyShare.wrap(new byte[32], wrapKey, Entropy.SYSTEM);
      String notAShare =
          Hex.encode(
              RawSymmetric.seal("?".repeat(64).getBytes(StandardCharsets.US_ASCII), wrapKey));

      assertThatThrownBy(() -> token.reconstruct(anotherShare))
          .isInstanceOf(DecryptionException.class);
      assertThatThrownBy(() -> token.reconstruct(notAShare))
          .isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void digestDependsOnTheCaseOfTheText() {
    assertThat(BearerToken.digest("AB")).isNotEqualTo(BearerToken.digest("ab"));
    assertThat(BearerToken.digest("ab ")).isNotEqualTo(BearerToken.digest("ab"));
    assertThat(BearerToken.generate().hex()).matches("[0-9a-f]{64}");
  }
}
