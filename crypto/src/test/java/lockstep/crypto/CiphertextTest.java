package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CiphertextTest {

  @VectorTest("ph_v1")
  void encryptsToTheByteAndDecrypts(Vector vector) {
    try (X25519KeyPair recipient = X25519KeyPair.fromSeed(vector.hex("recipient_seed"))) {
      assertThat(recipient.privateKey()).isEqualTo(vector.hex("recipient_private_key"));
      assertThat(recipient.publicKey().hex()).isEqualTo(vector.text("recipient_public_key"));
      var entropy = new ScriptedEntropy(vector.hex("ephemeral_private_key"), vector.hex("nonce"));

      Ciphertext encrypted =
          Ciphertext.encrypt(vector.text("plaintext"), recipient.publicKey(), entropy);

      assertThat(encrypted.text()).isEqualTo(vector.text("ciphertext"));
      assertThat(encrypted.ephemeral().hex()).isEqualTo(vector.text("ephemeral_public_key"));
      assertThat(encrypted.decrypt(recipient)).isEqualTo(vector.text("plaintext"));
      assertThat(Ciphertext.parse(vector.text("ciphertext")))
          .isEqualTo(encrypted)
          .hasSameHashCodeAs(encrypted)
          .extracting(ciphertext -> ciphertext.decrypt(recipient))
          .isEqualTo(vector.text("plaintext"));
      assertThat(
              SessionKey.agreement(
                  recipient, encrypted.ephemeral(), encrypted.ephemeral(), recipient.publicKey()))
          .endsWith(vector.hex("client_tx"));
    }
  }

  @VectorTest("ph_v1_accept_variants")
  void acceptsVariants(Vector vector) {
    X25519KeyPair recipient = vector.keyPair("recipient_private_key", "recipient_public_key");

    Ciphertext ciphertext = Ciphertext.parse(vector.text("ciphertext"));

    assertThat(ciphertext.decrypt(recipient)).isEqualTo(vector.text("plaintext"));
    assertThat(ciphertext.text()).isEqualTo(vector.text("ciphertext"));
  }

  @VectorTest("asymmetric_encrypt")
  void agreesWithExistingClients(Vector vector) {
    try (X25519KeyPair recipient = X25519KeyPair.fromSeed(vector.hex("recipient_seed"))) {
      assertThat(recipient.privateKey()).isEqualTo(vector.hex("recipient_private_key"));
      assertThat(recipient.publicKey().hex()).isEqualTo(vector.text("recipient_public_key"));
      assertThat(Ciphertext.parse(vector.text("ciphertext")).decrypt(recipient))
          .isEqualTo(vector.text("plaintext"));
    }
  }

  @VectorTest("ph_v1_reject")
  void refuses(Vector vector) {
    String text = vector.text("ciphertext");
    if (vector.text("stage").equals("format")) {
      assertThatThrownBy(() -> Ciphertext.parse(text)).isInstanceOf(FormatException.class);
      assertThat(Ciphertext.isWellFormed(text)).isFalse();
      return;
    }
    assertThat(Ciphertext.isWellFormed(text)).isTrue();
    X25519KeyPair recipient = vector.keyPair("recipient_private_key", "recipient_public_key");
    assertThatThrownBy(() -> Ciphertext.parse(text).decrypt(recipient))
        .isInstanceOf(DecryptionException.class)
        .hasMessageMatching(
            vector.text("stage").equals("plaintext")
                ? "decrypted text is not UTF-8"
                : "authentication failed.*|.*small order");
    try (FieldOpener opener = FieldOpener.forRecipient(recipient)) {
      assertThatThrownBy(() -> opener.open(text)).isInstanceOf(DecryptionException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PH:v1:", "ph:V1:", "ph::v1", "ph:v1", "ph:v1:", "ph:v1::"})
  void refusesOtherPrefixes(String text) {
    assertThat(Ciphertext.isWellFormed(text)).isFalse();
  }

  @Test
  void refusesBase64WithStrayBits() {
    String key = "ab".repeat(32);
    String canonical = "A".repeat(54) + "A=";
    String stray = "A".repeat(54) + "B=";

    assertThat(Ciphertext.isWellFormed("ph:v1:" + key + ":" + canonical)).isTrue();
    assertThat(Ciphertext.isWellFormed("ph:v1:" + key + ":" + stray)).isFalse();
  }

  @Test
  void refusesTextThatUtf8CannotSay() {
    X25519PublicKey recipient = X25519PublicKey.parse("ab".repeat(32));

    assertThatThrownBy(() -> Ciphertext.encrypt("half \ud83d", recipient))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refusesTruncationAtEveryCharacter() {
    try (X25519KeyPair recipient = X25519KeyPair.generate()) {
      String text = Ciphertext.encrypt("a secret", recipient.publicKey()).text();
      for (int length = 0; length < text.length(); length++) {
        String truncated = text.substring(0, length);
        assertThatThrownBy(() -> Ciphertext.parse(truncated).decrypt(recipient))
            .isInstanceOf(CryptoException.class);
      }
    }
  }

  @Test
  void lengthIsAsPromised() {
    X25519PublicKey recipient = X25519PublicKey.parse("ab".repeat(32));
    for (int n : new int[] {0, 1, 2, 3, 64, 1500}) {
      assertThat(Ciphertext.encrypt("x".repeat(n), recipient).text())
          .hasSize(71 + 4 * Math.ceilDiv(n + 40, 3));
    }
  }
}
