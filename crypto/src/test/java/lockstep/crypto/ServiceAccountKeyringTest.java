package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ServiceAccountKeyringTest {

  @VectorTest("service_account")
  void opensKeyringsMadeByServersAndBrowsers(Vector vector) {
    X25519KeyPair server = vector.keyPair("server_private_key", "server_public_key");
    Vector ours = vector.object("server_generated");
    Vector browsers = vector.object("client_generated");
    X25519KeyPair handler =
        browsers.keyPair("handler_x25519_private_key", "handler_x25519_public_key");
    assertThat(IdentityKey.parse(browsers.text("handler_identity_key")).toX25519())
        .isEqualTo(handler.publicKey());

    assertKeyring(vector, ours, "server_wrapped_keyring", server);
    assertKeyring(vector, ours, "server_wrapped_recovery", server);
    assertKeyring(vector, browsers, "server_wrapped_keyring", server);
    assertKeyring(vector, browsers, "handler_wrapped_keyring", handler);
    String phrase = browsers.text("recovery_plaintext");
    assertThat(Ciphertext.parse(browsers.text("server_wrapped_recovery")).decrypt(server))
        .isEqualTo(phrase)
        .isEqualTo(Mnemonic.parse(phrase).phrase());
    assertThat(Ciphertext.parse(browsers.text("handler_wrapped_recovery")).decrypt(handler))
        .isEqualTo(phrase);
  }

  private static void assertKeyring(
      Vector account, Vector form, String wrapped, X25519KeyPair recipient) {
    // The keyring that a browser made is of another account; its own JSON says what is right.
    try (Keyring expected = Keyring.parse(form.text("keyring_json"));
        ServiceAccountKeyring keyring =
            ServiceAccountKeyring.unwrap(form.text(wrapped), recipient);
        X25519KeyPair pair = keyring.x25519()) {
      assertThat(keyring.identityKey()).isEqualTo(expected.identity().publicKey());
      assertThat(expected.json()).isEqualTo(form.text("keyring_json"));
      assertThat(keyring.identityKey().hex()).isEqualTo(account.text("identity_key"));
      assertThat(expected.identity().privateKeyHex())
          .isEqualTo(account.text("ed25519_private_key"));
      assertThat(pair.privateKey()).isEqualTo(account.hex("x25519_private_key"));
      assertThat(pair.publicKey().hex()).isEqualTo(account.text("x25519_public_key"));
      assertThat(Ciphertext.parse(keyring.wrapFor(recipient.publicKey())).decrypt(recipient))
          .as("wrapping again loses nothing")
          .isEqualTo(form.text("keyring_json"));
    }
  }

  @Test
  void generatedKeyringsOpenForTheirRecipientOnly() {
    try (ServiceAccountKeyring keyring = ServiceAccountKeyring.generate();
        X25519KeyPair recipient = X25519KeyPair.generate();
        X25519KeyPair stranger = X25519KeyPair.generate()) {
      String wrapped = keyring.wrapFor(recipient.publicKey());

      try (ServiceAccountKeyring opened = ServiceAccountKeyring.unwrap(wrapped, recipient)) {
        assertThat(opened.identityKey()).isEqualTo(keyring.identityKey());
      }
      assertThatThrownBy(() -> ServiceAccountKeyring.unwrap(wrapped, stranger))
          .isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void refusesContentThatIsNoKeyring() {
    try (X25519KeyPair recipient = X25519KeyPair.generate()) {
      String wrapped = Ciphertext.encrypt("{}", recipient.publicKey()).text();

      assertThatThrownBy(() -> ServiceAccountKeyring.unwrap(wrapped, recipient))
          .isInstanceOf(DecryptionException.class);
    }
  }
}
