package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyAgreementTest {

  @VectorTest("seed_keypairs")
  void derivesThePairOfASeed(Vector vector) {
    assertPairOfSeed(vector);
  }

  @VectorTest("kx_seed_keypair")
  void derivesThePairOfUnusualSeeds(Vector vector) {
    assertPairOfSeed(vector);
  }

  private static void assertPairOfSeed(Vector vector) {
    try (X25519KeyPair pair = X25519KeyPair.fromSeed(vector.hex("seed"))) {
      assertThat(pair.privateKey()).isEqualTo(vector.hex("private_key"));
      assertThat(pair.publicKey().hex()).isEqualTo(vector.text("public_key"));
    }
    try (X25519KeyPair pair = X25519KeyPair.fromPrivateKey(vector.hex("private_key"))) {
      assertThat(pair.publicKey().hex()).isEqualTo(vector.text("public_key"));
    }
  }

  @VectorTest("session_keys")
  void bothSidesAgree(Vector vector) {
    try (X25519KeyPair client = X25519KeyPair.fromSeed(vector.hex("seed_a"));
        X25519KeyPair server = X25519KeyPair.fromSeed(vector.hex("seed_b"))) {
      assertThat(client.privateKey()).isEqualTo(vector.hex("private_key_a"));
      assertThat(client.publicKey().hex()).isEqualTo(vector.text("public_key_a"));
      assertThat(server.privateKey()).isEqualTo(vector.hex("private_key_b"));
      assertThat(server.publicKey().hex()).isEqualTo(vector.text("public_key_b"));
      assertSessionKeys(vector, client, server);
    }
  }

  @VectorTest("kx_session_keys")
  void theAgreementIsAHashOfSecretAndPublicKeys(Vector vector) {
    X25519KeyPair client = vector.keyPair("client_private_key", "client_public_key");
    X25519KeyPair server = vector.keyPair("server_private_key", "server_public_key");

    assertThat(client.agree(server.publicKey())).isEqualTo(vector.hex("x25519_shared_secret"));
    assertThat(server.agree(client.publicKey())).isEqualTo(vector.hex("x25519_shared_secret"));
    assertThat(
            SessionKey.agreement(
                client, server.publicKey(), client.publicKey(), server.publicKey()))
        .isEqualTo(vector.hex("blake2b_512_of_q_clientpk_serverpk"));
    assertSessionKeys(vector, client, server);
  }

  private static void assertSessionKeys(Vector vector, X25519KeyPair client, X25519KeyPair server) {
    byte[] ofClient =
        SessionKey.agreement(client, server.publicKey(), client.publicKey(), server.publicKey());
    byte[] ofServer =
        SessionKey.agreement(server, client.publicKey(), client.publicKey(), server.publicKey());

    assertThat(ofClient).isEqualTo(Bytes.concat(vector.hex("client_rx"), vector.hex("client_tx")));
    assertThat(ofServer).isEqualTo(Bytes.concat(vector.hex("server_tx"), vector.hex("server_rx")));
  }

  @VectorTest("kx_reject_public_keys")
  void refusesKeysOfSmallOrder(Vector vector) {
    assertThatThrownBy(() -> X25519PublicKey.parse(vector.text("public_key")))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> X25519PublicKey.of(vector.hex("public_key")))
        .isInstanceOf(FormatException.class);

    byte[] withTopBit = vector.hex("public_key");
    withTopBit[31] |= (byte) 0x80;
    assertThatThrownBy(() -> X25519PublicKey.of(withTopBit)).isInstanceOf(FormatException.class);

    try (X25519KeyPair own = X25519KeyPair.generate()) {
      assertThatThrownBy(() -> own.agree(X25519PublicKey.unchecked(vector.hex("public_key"))))
          .isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void refusesKeysOfAnotherLength() {
    assertThatThrownBy(() -> X25519PublicKey.of(new byte[31])).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> X25519PublicKey.parse("ab".repeat(33)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> X25519KeyPair.fromSeed(new byte[33]))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> X25519KeyPair.fromPrivateKey(new byte[0]))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void publicKeyIsReadInEitherCaseAndWrittenInLowerCase() {
    String hex = "ab".repeat(32);

    X25519PublicKey key = X25519PublicKey.parse("AB".repeat(32));

    assertThat(key.hex()).isEqualTo(hex);
    assertThat(key)
        .isEqualTo(X25519PublicKey.parse(hex))
        .hasSameHashCodeAs(X25519PublicKey.parse(hex));
  }

  @Test
  void nobodyCanChangeAPublicKeyFromOutside() {
    byte[] bytes = Hex.decode("ab".repeat(32));
    X25519PublicKey key = X25519PublicKey.of(bytes);

    bytes[0] = 0;
    key.bytes()[1] = 0;

    assertThat(key.hex()).isEqualTo("ab".repeat(32));
  }

  @Test
  void closedPairHasAPublicKeyOnly() {
    X25519KeyPair pair = X25519KeyPair.generate();
    X25519PublicKey publicKey = pair.publicKey();

    pair.close();

    assertThat(pair.publicKey()).isEqualTo(publicKey);
    assertThatThrownBy(pair::privateKey).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> pair.agree(publicKey)).isInstanceOf(IllegalStateException.class);
  }
}
