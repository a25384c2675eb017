package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentKeysTest {

  @VectorTest("environment")
  void unwrapsForServerAndMember(Vector vector) {
    ServerKey server = ServerKey.parse(vector.text("server_secret"));
    assertThat(server.publicKey().hex()).isEqualTo(vector.text("server_public_key"));
    assertThat(server.keyPair().privateKey()).isEqualTo(vector.hex("server_private_key"));
    assertThat(IdentityKey.parse(vector.text("member_identity_key")).toX25519().hex())
        .isEqualTo(vector.text("member_x25519_public_key"));

    try (EnvironmentKeys forServer =
            EnvironmentKeys.unwrap(
                new WrappedEnvironmentKeys(
                    vector.text("server_wrapped_seed"), vector.text("server_wrapped_salt")),
                server.keyPair(),
                vector.text("identity_key"));
        EnvironmentKeys forMember =
            EnvironmentKeys.unwrap(
                new WrappedEnvironmentKeys(
                    vector.text("member_wrapped_seed"), vector.text("member_wrapped_salt")),
                vector.keyPair("member_x25519_private_key", "member_x25519_public_key"),
                vector.text("identity_key").toUpperCase(Locale.ROOT))) {
      for (EnvironmentKeys keys : List.of(forServer, forMember)) {
        assertThat(keys.seedHex()).isEqualTo(vector.text("seed"));
        assertThat(keys.salt()).isEqualTo(vector.text("salt"));
        assertThat(keys.identityKey()).isEqualTo(vector.text("public_key"));
        assertThat(keys.keyPair().privateKey()).isEqualTo(vector.hex("private_key"));
      }
    }
  }

  @VectorTest("secrets_response")
  void readsAndFindsTheSecretsOfAnEnvironment(Vector vector) {
    X25519KeyPair pair = vector.keyPair("environment_private_key", "environment_public_key");
    List<Vector> rows = vector.list("body_snake_case");
    List<Vector> expected = vector.list("expected");
    assertThat(rows).hasSameSizeAs(expected);

    try (FieldOpener opener = FieldOpener.forRecipient(pair)) {
      for (int i = 0; i < rows.size(); i++) {
        Vector row = rows.get(i);
        Vector secret = expected.get(i);
        String shared = opener.open(row.text("value"));
        String comment = row.text("comment").isEmpty() ? "" : opener.open(row.text("comment"));

        assertThat(opener.open(row.text("key"))).isEqualTo(secret.text("key"));
        assertThat(comment).isEqualTo(secret.text("comment"));
        assertThat(row.text("path")).isEqualTo(secret.text("path"));
        assertThat(row.text("key_digest"))
            .isEqualTo(KeyDigest.of(secret.text("key"), vector.text("salt")));
        if (row.isNull("override")) {
          assertThat(shared).isEqualTo(secret.text("value"));
        } else {
          Vector override = row.object("override");
          String personal = opener.open(override.text("value"));
          assertThat(override.isTrue("is_active")).isEqualTo(secret.isTrue("overridden"));
          assertThat(override.isTrue("is_active") ? personal : shared)
              .isEqualTo(secret.text("value"));
          assertThat(override.isTrue("is_active") ? shared : personal)
              .isEqualTo(
                  secret.text(override.isTrue("is_active") ? "shared_value" : "override_value"));
        }
      }
    }
  }

  @Test
  void wrapsForARecipientWhoUnwraps() {
    try (X25519KeyPair recipient = X25519KeyPair.generate();
        EnvironmentKeys keys = EnvironmentKeys.generate()) {
      WrappedEnvironmentKeys wrapped = keys.wrapFor(recipient.publicKey());

      assertThat(wrapped.wrappedSeed()).hasSize(211);
      assertThat(wrapped.wrappedSalt()).hasSize(211);
      assertThat(wrapped.wrappedSeed().substring(0, 70))
          .as("ephemeral keys are not shared between wrapped keys")
          .isNotEqualTo(wrapped.wrappedSalt().substring(0, 70));
      try (EnvironmentKeys unwrapped =
          EnvironmentKeys.unwrap(wrapped, recipient, keys.identityKey())) {
        assertThat(unwrapped.seedHex()).isEqualTo(keys.seedHex());
        assertThat(unwrapped.keyDigest("NAME")).isEqualTo(keys.keyDigest("NAME"));
      }
    }
  }

  @Test
  void sealsAndOpensFields() {
    try (EnvironmentKeys keys = EnvironmentKeys.generate();
        FieldSealer sealer = keys.sealer();
        FieldOpener opener = keys.opener()) {
      assertThat(opener.open(sealer.seal("value").text())).isEqualTo("value");
      assertThat(opener.open(sealer.seal(""))).isEmpty();
    }
  }

  @Test
  void refusesTheKeysOfAnotherEnvironment() {
    try (X25519KeyPair recipient = X25519KeyPair.generate();
        EnvironmentKeys keys = EnvironmentKeys.generate();
        EnvironmentKeys others = EnvironmentKeys.generate()) {
      WrappedEnvironmentKeys wrapped = others.wrapFor(recipient.publicKey());

      assertThatThrownBy(() -> EnvironmentKeys.unwrap(wrapped, recipient, keys.identityKey()))
          .isInstanceOf(DecryptionException.class);
      assertThatThrownBy(
              () -> EnvironmentKeys.unwrap(wrapped, keys.keyPair(), others.identityKey()))
          .isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void refusesWrappedTextsThatAreNotKeys() {
    try (X25519KeyPair recipient = X25519KeyPair.generate();
        EnvironmentKeys keys = EnvironmentKeys.generate()) {
      String text = Ciphertext.encrypt("no key", recipient.publicKey()).text();
      WrappedEnvironmentKeys good = keys.wrapFor(recipient.publicKey());

      for (var bad :
          List.of(
              new WrappedEnvironmentKeys(text, good.wrappedSalt()),
              new WrappedEnvironmentKeys(good.wrappedSeed(), text))) {
        assertThatThrownBy(() -> EnvironmentKeys.unwrap(bad, recipient, keys.identityKey()))
            .isInstanceOf(DecryptionException.class);
      }
      assertThatThrownBy(() -> new WrappedEnvironmentKeys("", good.wrappedSalt()))
          .isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> new WrappedEnvironmentKeys(good.wrappedSeed(), ""))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void acceptsOldShortSaltsAsTheyAre() {
    String seed = "01".repeat(32);
    String salt = "AB".repeat(16);
    try (EnvironmentKeys keys = EnvironmentKeys.of(seed, salt)) {
      assertThat(keys.keyDigest("NAME")).isEqualTo(KeyDigest.of("NAME", salt));
    }
    assertThatThrownBy(() -> EnvironmentKeys.of(seed, "ab".repeat(33)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> EnvironmentKeys.of(seed, "ab".repeat(15)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> EnvironmentKeys.of(seed, "zz".repeat(32)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> EnvironmentKeys.of("01".repeat(31), "ab".repeat(32)))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void closedKeysWrapNothing() {
    EnvironmentKeys keys = EnvironmentKeys.generate();
    keys.close();

    assertThatThrownBy(() -> keys.wrapFor(X25519PublicKey.parse("ab".repeat(32))))
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "7e4a6736fc7e29a77f5fab4c704614f2fda68a073410a2d1f",
        " 7e4a6736fc7e29a77f5fab4c704614f2fda68a073410a2d1f7e4a6736fc7e29a",
        "7e4a6736fc7e29a77f5fab4c704614f2fda68a073410a2d1f7e4a6736fc7e29a\n",
        "xe4a6736fc7e29a77f5fab4c704614f2fda68a073410a2d1f7e4a6736fc7e29a"
      })
  void refusesServerSecretsOfAnotherForm(String secret) {
    assertThatThrownBy(() -> ServerKey.parse(secret)).isInstanceOf(FormatException.class);
  }

  @Test
  void generatedServerSecretsAreUsable() {
    String secret = ServerKey.generateHex();

    assertThat(ServerKey.parse(secret).publicKey())
        .isEqualTo(ServerKey.parse(secret.toUpperCase(Locale.ROOT)).publicKey());
    assertThat(ServerKey.generateHex()).isNotEqualTo(secret);
  }

  @Test
  void subkeysOfAServerDifferByPurposeAndServer() {
    ServerKey server = ServerKey.parse(ServerKey.generateHex());
    ServerKey other = ServerKey.parse(ServerKey.generateHex());

    assertThat(server.subkey("a")).hasSize(32).isEqualTo(server.subkey("a"));
    assertThat(server.subkey("a"))
        .isNotEqualTo(server.subkey("b"))
        .isNotEqualTo(other.subkey("a"))
        .isNotEqualTo(server.keyPair().privateKey());
  }

  @Test
  void subkeysStayTheSameFromVersionToVersion() {
    ServerKey server = ServerKey.parse("ab".repeat(32));

    assertThat(Hex.encode(server.subkey("some purpose")))
        .isEqualTo("6bab22d6330a9e111a850b9ebdd277d36b0a32a401b11466fbea22d86a7eb1e3");
  }
}
