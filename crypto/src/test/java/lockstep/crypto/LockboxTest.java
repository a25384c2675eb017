package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LockboxTest {

  @VectorTest("lockbox")
  void opensWithTheFragmentOfTheLink(Vector vector) {
    String link = vector.text("link_path_and_fragment");
    String fragment = link.substring(link.indexOf('#') + 1);
    assertThat(fragment).isEqualTo(vector.text("box_seed"));
    assertThat(Lockbox.isSeed(fragment)).isTrue();
    assertThat(vector.object("stored_data").json()).isEqualTo(vector.text("stored_data_json"));

    String text = Lockbox.open(fragment, vector.text("stored_data_json"));

    assertThat(Lockbox.plaintext(text)).isEqualTo(vector.text("plaintext"));
    assertThat(text).isEqualTo("API_KEY=abc\nline2");
    try (X25519KeyPair box = X25519KeyPair.fromSeed(vector.hex("box_seed"))) {
      assertThat(box.publicKey().hex()).isEqualTo(vector.text("box_public_key"));
      assertThat(box.privateKey()).isEqualTo(vector.hex("box_private_key"));
      assertThat(Ciphertext.parse(vector.object("stored_data").text("data")).decrypt(box))
          .isEqualTo(vector.text("plaintext"));
    }
    Lockbox sealed =
        Lockbox.seal(text, new ScriptedEntropy(vector.hex("box_seed"), new byte[32], new byte[24]));
    assertThat(sealed.link("", vector.text("box_id"))).isEqualTo(link);
  }

  @Test
  void opensWhatItSealed() {
    Lockbox box = Lockbox.seal("\"quoted\"\n{\u2028}");

    assertThat(Lockbox.open(box.seed(), box.data())).isEqualTo("\"quoted\"\n{\u2028}");
    assertThatThrownBy(() -> Lockbox.open("00".repeat(32), box.data()))
        .isInstanceOf(DecryptionException.class);
    assertThatThrownBy(() -> Lockbox.open("00", box.data())).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> Lockbox.open(box.seed(), "{}")).isInstanceOf(FormatException.class);
    assertThat(Lockbox.isSeed("zz".repeat(32))).isFalse();
    assertThat(Lockbox.isSeed("")).isFalse();
  }

  @Test
  void refusesContentOfAnotherForm() {
    byte[] seed = new byte[32];
    try (X25519KeyPair pair = X25519KeyPair.fromSeed(seed)) {
      String data = Json.write("data", Ciphertext.encrypt("text", pair.publicKey()).text());

      assertThatThrownBy(() -> Lockbox.open(Hex.encode(seed), data))
          .isInstanceOf(DecryptionException.class);
    }
  }
}
