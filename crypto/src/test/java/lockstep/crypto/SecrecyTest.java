package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is secret does not get into a log by way of a message or of string concatenation. */
class SecrecyTest {

  @Test
  void secretsPrintAsAFixedText() {
    var server = ServerKey.parse(ServerKey.generateHex());
    X25519KeyPair pair = server.keyPair();
    MintedToken minted = Token.mint(Token.Kind.USER, pair);

    assertThat(
            List.of(
                pair,
                server,
                minted,
                minted.token(),
                minted.token().bearer(),
                EnvironmentKeys.generate(),
                ServiceAccountKeyring.generate(),
                AccountKeys.fromSeed(new byte[32]),
                DeviceKey.of(new byte[32]),
                Mnemonic.generate(),
                Lockbox.seal("text"),
                FieldSealer.forRecipient(pair.publicKey()),
                FieldOpener.forRecipient(pair),
                SessionKey.ofSender(pair, pair.publicKey()),
                SecretSplit.of(new byte[32], Entropy.SYSTEM)))
        .allSatisfy(
            secret ->
                assertThat(secret.toString())
                    .startsWith(secret.getClass().getSimpleName() + "[")
                    .containsPattern("hidden\\]$")
                    .doesNotContainPattern("[0-9a-f]{8}"));
    assertThat(Ciphertext.encrypt("text", pair.publicKey())).hasToString("Ciphertext[44 bytes]");
  }

  @Test
  void messagesQuoteNothing() {
    String secret = "hunter2-".repeat(8);
    String colons = (secret + ":").repeat(6);

    for (ThrowingCallable decode :
        List.<ThrowingCallable>of(
            () -> Hex.decode(secret),
            () -> ServerKey.parse(secret),
            () -> X25519PublicKey.parse(secret),
            () -> IdentityKey.parse(secret),
            () -> BearerToken.parse(secret),
            () -> Token.parse(secret),
            () -> Token.parse("pss_user:v1:" + colons),
            () -> Token.parse(colons.substring(0, colons.length() - 1)),
            () -> Ciphertext.parse(secret),
            () -> Ciphertext.parse("ph:v1:" + "ab".repeat(32) + ":" + secret),
            () -> Mnemonic.parse((secret + " ").repeat(24).strip()),
            () -> Keyring.parse(secret),
            () -> Keyring.parse("{\"privateKey\":\"" + secret + "\",\"publicKey\":\"x\"}"),
            () -> Lockbox.open(secret, secret),
            () -> PasswordHash.verify(secret, secret),
            () -> EnvironmentKeys.of(secret, secret))) {
      assertThatThrownBy(decode)
          .isInstanceOf(FormatException.class)
          .hasMessageNotContaining("hunter")
          .hasNoCause();
    }
  }
}
