package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyDigestTest {

  @VectorTest("blake2b_digests")
  void agreesWithExistingClients(Vector vector) {
    assertThat(KeyDigest.of(vector.text("input"), vector.text("salt")))
        .isEqualTo(vector.text("digest"));
  }

  @VectorTest("key_digest")
  void keyIsTheTextOfTheSalt(Vector vector) {
    String digest = KeyDigest.of(vector.text("key_name"), vector.text("salt"));

    assertThat(digest)
        .isNotEqualTo(vector.text("wrong_digest_if_salt_is_hex_decoded"))
        .isNotEqualTo(vector.text("wrong_digest_if_unkeyed"))
        .isEqualTo(vector.text("digest"));
  }

  @Test
  void refusesASaltLongerThanAKeyCanBe() {
    assertThatThrownBy(() -> KeyDigest.of("NAME", "a".repeat(65)))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> KeyDigest.of("NAME", "ä".repeat(33)))
        .isInstanceOf(FormatException.class);
  }

  @VectorTest("kdf")
  void derivesSubkeys(Vector vector) {
    assertThat(
            Subkey.derive(
                vector.hex("master_key"),
                vector.number("subkey_id"),
                vector.text("context"),
                vector.number("length")))
        .isEqualTo(vector.hex("subkey"));
  }
}
