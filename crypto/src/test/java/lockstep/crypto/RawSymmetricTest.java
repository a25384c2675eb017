package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawSymmetricTest {

  private static final byte[] KEY = Hex.decode("0f".repeat(32));
  private static final Primitives BOUNCY_CASTLE_ONLY = new JvmPrimitives(Integer.MAX_VALUE);
  private static final Primitives JDK_ONLY = new JvmPrimitives(-1);

  @VectorTest("hchacha20")
  void derivesTheSubkey(Vector vector) {
    assertThat(HChaCha20.subkey(vector.hex("key"), vector.hex("input16")))
        .isEqualTo(vector.hex("subkey"));
  }

  @VectorTest("raw_symmetric")
  void sealsAndOpens(Vector vector) {
    byte[] key = vector.hex("key");
    byte[] nonce = vector.hex("nonce");
    byte[] plaintext = vector.text("plaintext").getBytes(StandardCharsets.UTF_8);
    assertThat(plaintext).isEqualTo(vector.hex("plaintext_utf8_hex"));
    assertThat(HChaCha20.subkey(key, Arrays.copyOf(nonce, 16)))
        .isEqualTo(vector.hex("hchacha20_subkey"));
    assertThat(Bytes.concat(new byte[4], Arrays.copyOfRange(nonce, 16, 24)))
        .isEqualTo(vector.hex("chacha20poly1305_nonce12"));

    byte[] sealed = RawSymmetric.seal(plaintext, key, new ScriptedEntropy(nonce));

    assertThat(sealed).isEqualTo(vector.hex("ciphertext_tag_nonce_hex"));
    assertThat(Base64.getEncoder().encodeToString(sealed))
        .isEqualTo(vector.text("ciphertext_tag_nonce_base64"));
    assertThat(RawSymmetric.open(sealed, key)).isEqualTo(plaintext);
    for (Primitives primitives : new Primitives[] {BOUNCY_CASTLE_ONLY, JDK_ONLY}) {
      byte[] ciphertextAndTag = Arrays.copyOf(sealed, sealed.length - 24);
      assertThat(primitives.seal(plaintext, key, nonce)).isEqualTo(ciphertextAndTag);
      assertThat(primitives.open(ciphertextAndTag, key, nonce)).isEqualTo(plaintext);
    }
  }

  @VectorTest("encrypt_raw")
  void agreesWithExistingClients(Vector vector) {
    byte[] key = vector.hex("key");
    byte[] sealed = vector.hex("ciphertext_with_nonce");
    byte[] plaintext = vector.text("plaintext").getBytes(StandardCharsets.UTF_8);
    byte[] nonce = Arrays.copyOfRange(sealed, sealed.length - 24, sealed.length);

    assertThat(RawSymmetric.open(sealed, key)).isEqualTo(plaintext);
    assertThat(RawSymmetric.seal(plaintext, key, new ScriptedEntropy(nonce))).isEqualTo(sealed);
  }

  @VectorTest("raw_symmetric_reject")
  void refuses(Vector vector) {
    byte[] sealed = vector.hex("data_hex");

    assertThatThrownBy(() -> RawSymmetric.open(sealed, vector.hex("key")))
        .isInstanceOf(sealed.length < 40 ? FormatException.class : DecryptionException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 65, 1023, 1024, 1025, 4096, 100_000})
  void bothImplementationsAgreeAtEveryLength(int length) {
    byte[] plaintext = Entropy.SYSTEM.bytes(length);
    byte[] nonce = Entropy.SYSTEM.bytes(24);

    byte[] sealed = Backend.PRIMITIVES.seal(plaintext, KEY, nonce);

    assertThat(BOUNCY_CASTLE_ONLY.seal(plaintext, KEY, nonce)).isEqualTo(sealed);
    assertThat(JDK_ONLY.seal(plaintext, KEY, nonce)).isEqualTo(sealed);
    assertThat(BOUNCY_CASTLE_ONLY.open(sealed, KEY, nonce)).isEqualTo(plaintext);
    assertThat(JDK_ONLY.open(sealed, KEY, nonce)).isEqualTo(plaintext);
    sealed[length / 2] ^= 1;
    assertThatThrownBy(() -> BOUNCY_CASTLE_ONLY.open(sealed, KEY, nonce))
        .isInstanceOf(DecryptionException.class);
    assertThatThrownBy(() -> JDK_ONLY.open(sealed, KEY, nonce))
        .isInstanceOf(DecryptionException.class);
  }

  @Test
  void emptyPlaintextIsLegal() {
    byte[] sealed = RawSymmetric.seal(new byte[0], KEY);

    assertThat(sealed).hasSize(40);
    assertThat(RawSymmetric.open(sealed, KEY)).isEmpty();
  }

  @Test
  void refusesTruncationAtEveryByte() {
    byte[] sealed = RawSymmetric.seal("a secret".getBytes(StandardCharsets.UTF_8), KEY);

    for (int length = 0; length < sealed.length; length++) {
      byte[] fromStart = Arrays.copyOf(sealed, length);
      byte[] fromEnd = Arrays.copyOfRange(sealed, sealed.length - length, sealed.length);
      assertThatThrownBy(() -> RawSymmetric.open(fromStart, KEY))
          .isInstanceOf(CryptoException.class);
      assertThatThrownBy(() -> RawSymmetric.open(fromEnd, KEY)).isInstanceOf(CryptoException.class);
    }
  }

  @Test
  void refusesEveryFlippedBit() {
    byte[] sealed = RawSymmetric.seal("a secret".getBytes(StandardCharsets.UTF_8), KEY);

    for (int bit = 0; bit < 8 * sealed.length; bit++) {
      byte[] changed = sealed.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThatThrownBy(() -> RawSymmetric.open(changed, KEY))
          .isInstanceOf(DecryptionException.class);
    }
  }

  @Test
  void refusesKeysOfAnotherLength() {
    assertThatThrownBy(() -> RawSymmetric.seal(new byte[1], new byte[31]))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> RawSymmetric.open(new byte[41], new byte[33]))
        .isInstanceOf(FormatException.class);
  }
}
