package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AccountKeysTest {

  private static final Vector ACCOUNT = Vector.entry("account").getFirst();

  @Tag("slow")
  @VectorTest("account")
  void derivesAllKeysFromTheRecoveryPhrase(Vector vector) {
    Mnemonic mnemonic = Mnemonic.parse(vector.text("mnemonic"));
    assertThat(Mnemonic.fromEntropy(vector.hex("bip39_entropy"))).isEqualTo(mnemonic);
    assertThat(mnemonic.phrase().replace(' ', '-'))
        .isEqualTo(vector.text("argon2id_password_input"));
    assertThat(Argon2id.saltOf(vector.text("organisation_id"))).isEqualTo(vector.hex("salt"));

    try (AccountKeys keys = AccountKeys.derive(mnemonic, vector.text("organisation_id"))) {
      assertKeys(keys, vector);
    }
  }

  @Test
  void derivesAllKeysFromTheAccountSeed() {
    assertThat(Subkey.derive(ACCOUNT.hex("account_seed"), 1, "__sign__", 32))
        .isEqualTo(ACCOUNT.hex("signing_key_seed"));
    try (AccountKeys keys = AccountKeys.fromSeed(ACCOUNT.hex("account_seed"))) {
      assertKeys(keys, ACCOUNT);
    }
  }

  private static void assertKeys(AccountKeys keys, Vector vector) {
    assertThat(keys.identityKey().hex())
        .isEqualTo(vector.text("identity_key"))
        .isEqualTo(vector.text("ed25519_public_key"));
    assertThat(keys.identityKey().toX25519().hex()).isEqualTo(vector.text("x25519_public_key"));
    try (X25519KeyPair pair = keys.x25519()) {
      assertThat(pair.privateKey()).isEqualTo(vector.hex("x25519_private_key"));
      assertThat(pair.publicKey().hex()).isEqualTo(vector.text("x25519_public_key"));
    }
    assertThat(keys.keyringJson())
        .isEqualTo(
            "{\"symmetricKey\":\"%s\",\"privateKey\":\"%s\",\"publicKey\":\"%s\"}"
                .formatted(
                    vector.text("symmetric_key"),
                    vector.text("ed25519_private_key"),
                    vector.text("ed25519_public_key")));
  }

  @Test
  void refusesOrganisationIdsThatWouldGiveOtherKeys() {
    Mnemonic mnemonic = Mnemonic.generate();

    assertThatThrownBy(() -> AccountKeys.derive(mnemonic, "5E0F1F0C-7F1E-4B7E-9C65-0D9A2B7C4F11"))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> AccountKeys.derive(mnemonic, "5e0f1f0c7f1e4b7e9c650d9a2b7c4f11"))
        .isInstanceOf(FormatException.class);
  }

  @VectorTest("wrapped_keyring")
  void wrapsTheKeyringToTheByteAndUnwrapsIt(Vector vector) {
    try (AccountKeys keys = AccountKeys.fromSeed(ACCOUNT.hex("account_seed"));
        DeviceKey device = DeviceKey.of(vector.hex("device_key"))) {
      assertThat(keys.keyringJson()).isEqualTo(vector.text("plaintext"));
      assertThat(device.wrap(keys.keyringJson(), new ScriptedEntropy(vector.hex("nonce"))))
          .isEqualTo(vector.text("wrapped"));

      try (AccountKeys opened = device.unwrapKeyring(vector.text("wrapped"), keys.identityKey())) {
        assertKeys(opened, ACCOUNT);
      }
      try (AccountKeys opened =
          device.unwrapKeyring(device.wrapKeyring(keys), keys.identityKey())) {
        assertKeys(opened, ACCOUNT);
      }
    }
  }

  @VectorTest("wrapped_recovery")
  void wrapsTheRecoveryPhraseToTheByteAndUnwrapsIt(Vector vector) {
    Mnemonic mnemonic = Mnemonic.parse(ACCOUNT.text("mnemonic"));
    try (DeviceKey device = DeviceKey.of(vector.hex("device_key"))) {
      assertThat(mnemonic.phrase()).isEqualTo(vector.text("plaintext"));
      assertThat(device.wrap(mnemonic.phrase(), new ScriptedEntropy(vector.hex("nonce"))))
          .isEqualTo(vector.text("wrapped"));
      assertThat(device.unwrapRecovery(vector.text("wrapped"))).isEqualTo(mnemonic);
      assertThat(device.unwrapRecovery(device.wrapRecovery(mnemonic))).isEqualTo(mnemonic);
    }
  }

  @Test
  void acceptsAKeyringWrittenInAnotherWay() {
    String privateKey = ACCOUNT.text("ed25519_private_key");
    String publicKey = ACCOUNT.text("ed25519_public_key");

    assertKeyringAccepted(
        " { \"publicKey\" : \"%s\",\n\"privateKey\":\"%s\" } ".formatted(publicKey, privateKey));
    assertKeyringAccepted(
        "{\"publicKey\":\"%s\",\"more\":[1],\"privateKey\":\"%s\"}"
            .formatted(publicKey, privateKey));
  }

  private static void assertKeyringAccepted(String json) {
    IdentityKey expected = IdentityKey.parse(ACCOUNT.text("identity_key"));
    try (DeviceKey device = DeviceKey.of(new byte[32]);
        AccountKeys keys = device.unwrapKeyring(device.wrap(json, Entropy.SYSTEM), expected)) {
      assertThat(keys.identityKey()).isEqualTo(expected);
    }
  }

  @Test
  void refusesAKeyringThatIsNotOne() {
    String privateKey = ACCOUNT.text("ed25519_private_key");
    String publicKey = ACCOUNT.text("ed25519_public_key");
    String good = "{\"publicKey\":\"" + publicKey + "\",\"privateKey\":\"" + privateKey + "\"}";

    assertKeyringRefused("");
    assertKeyringRefused("null");
    assertKeyringRefused("[]");
    assertKeyringRefused("{}");
    assertKeyringRefused(good + "{}");
    assertKeyringRefused(good.replace(privateKey, privateKey.substring(2)));
    assertKeyringRefused(good.replace(publicKey + "\",", publicKey.substring(2) + "\","));
    assertKeyringRefused(good.replace("publicKey", "PublicKey"));
    assertKeyringRefused(good.replace("{", "{\"symmetricKey\":\"00\","));
    assertKeyringRefused(good.replace("{", "{\"symmetricKey\":null,"));
    assertKeyringRefused(good.replace("{", "{\"privateKey\":\"" + privateKey + "\","));
  }

  private static void assertKeyringRefused(String json) {
    IdentityKey expected = IdentityKey.parse(ACCOUNT.text("identity_key"));
    try (DeviceKey device = DeviceKey.of(new byte[32])) {
      String wrapped = device.wrap(json, Entropy.SYSTEM);
      assertThatThrownBy(() -> device.unwrapKeyring(wrapped, expected))
          .isInstanceOf(DecryptionException.class)
          .hasNoCause();
    }
  }

  @Test
  void refusesTheKeyringOfAnotherMember() {
    try (DeviceKey device = DeviceKey.of(new byte[32]);
        AccountKeys mine = AccountKeys.fromSeed(new byte[32]);
        AccountKeys others = AccountKeys.fromSeed(ACCOUNT.hex("account_seed"))) {
      String wrapped = device.wrapKeyring(others);
      assertThatThrownBy(() -> device.unwrapKeyring(wrapped, mine.identityKey()))
          .isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void refusesTheWrongPassword() {
    try (DeviceKey right = DeviceKey.of(new byte[32]);
        DeviceKey wrong = DeviceKey.of(Hex.decode("01".repeat(32)));
        AccountKeys keys = AccountKeys.fromSeed(new byte[32])) {
      String keyring = right.wrapKeyring(keys);
      String recovery = right.wrapRecovery(Mnemonic.generate());

      assertThatThrownBy(() -> wrong.unwrapKeyring(keyring, keys.identityKey()))
          .isInstanceOf(DecryptionException.class);
      assertThatThrownBy(() -> wrong.unwrapRecovery(recovery))
          .isInstanceOf(DecryptionException.class);
      assertThatThrownBy(() -> right.unwrapRecovery(keyring))
          .isInstanceOf(DecryptionException.class);
      assertThatThrownBy(() -> right.unwrapRecovery("ph:v1:")).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void closedKeysGiveNothing() {
    AccountKeys keys = AccountKeys.fromSeed(new byte[32]);
    keys.close();

    assertThatThrownBy(keys::x25519).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(keys::keyringJson).isInstanceOf(IllegalStateException.class);
  }
}
