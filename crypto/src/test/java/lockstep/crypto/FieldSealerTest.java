package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FieldSealerTest {

  @VectorTest("sse_shared_ephemeral")
  void sealsSeveralFieldsToTheByteAndEachOpensOnItsOwn(Vector vector) {
    X25519KeyPair recipient = vector.keyPair("recipient_private_key", "recipient_public_key");
    List<Vector> fields = vector.list("fields");
    var random = new ArrayList<byte[]>(List.of(vector.hex("ephemeral_private_key")));
    fields.forEach(field -> random.add(field.hex("nonce")));
    Entropy entropy = new ScriptedEntropy(random.toArray(byte[][]::new));

    try (FieldSealer sealer = FieldSealer.forRecipient(recipient.publicKey(), entropy);
        FieldOpener opener = FieldOpener.forRecipient(recipient)) {
      for (Vector field : fields) {
        Ciphertext sealed = sealer.seal(field.text("plaintext"));

        assertThat(sealed.text()).isEqualTo(field.text("ciphertext"));
        assertThat(sealed.ephemeral().hex()).isEqualTo(vector.text("ephemeral_public_key"));
        assertThat(Ciphertext.parse(field.text("ciphertext")).decrypt(recipient))
            .isEqualTo(field.text("plaintext"));
        assertThat(opener.open(field.text("ciphertext"))).isEqualTo(field.text("plaintext"));
      }
    }
    X25519PublicKey ephemeral = X25519PublicKey.parse(vector.text("ephemeral_public_key"));
    assertThat(SessionKey.agreement(recipient, ephemeral, ephemeral, recipient.publicKey()))
        .endsWith(vector.hex("client_tx"));
  }

  @Test
  void theSameTextTwiceHasTwoNonces() {
    Set<String> nonces = new HashSet<>();
    Set<String> ephemeralKeys = new HashSet<>();
    try (FieldSealer sealer = FieldSealer.forRecipient(X25519PublicKey.parse("ab".repeat(32)))) {
      for (int i = 0; i < 1000; i++) {
        // 39 bytes in front of it make the nonce the last 32 characters.
        String text = sealer.seal("x".repeat(23)).text();
        nonces.add(text.substring(text.length() - 32));
        ephemeralKeys.add(text.substring(0, 70));
      }
    }
    assertThat(nonces).hasSize(1000);
    assertThat(ephemeralKeys).hasSize(1);
  }

  @Test
  void everySealerHasAnEphemeralKeyOfItsOwn() {
    X25519PublicKey recipient = X25519PublicKey.parse("ab".repeat(32));
    try (FieldSealer one = FieldSealer.forRecipient(recipient);
        FieldSealer other = FieldSealer.forRecipient(recipient)) {
      assertThat(one.seal("").ephemeral()).isNotEqualTo(other.seal("").ephemeral());
    }
  }

  @Test
  void aFieldThatFailsDoesNotDisturbTheOthers() {
    try (X25519KeyPair recipient = X25519KeyPair.generate();
        X25519KeyPair stranger = X25519KeyPair.generate();
        FieldOpener opener = FieldOpener.forRecipient(recipient)) {
      String ours = Ciphertext.encrypt("ours", recipient.publicKey()).text();
      String foreign = Ciphertext.encrypt("foreign", stranger.publicKey()).text();

      assertThatThrownBy(() -> opener.open(foreign)).isInstanceOf(DecryptionException.class);
      assertThatThrownBy(() -> opener.open("")).isInstanceOf(FormatException.class);
      assertThat(opener.open(ours)).isEqualTo("ours");
    }
  }

  @Test
  void closedMeansClosed() {
    try (X25519KeyPair recipient = X25519KeyPair.generate()) {
      FieldSealer sealer = FieldSealer.forRecipient(recipient.publicKey());
      FieldOpener opener = FieldOpener.forRecipient(recipient);
      Ciphertext sealed = sealer.seal("text");

      sealer.close();
      opener.close();

      assertThatThrownBy(() -> sealer.seal("text")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> opener.open(sealed)).isInstanceOf(IllegalStateException.class);
      assertThat(sealed.decrypt(recipient)).isEqualTo("text");
    }
  }
}
