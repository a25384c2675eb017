package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class IdentityKeyTest {

  @VectorTest("ed25519_to_x25519")
  void convertsBothHalves(Vector vector) {
    IdentityKey publicKey = IdentityKey.parse(vector.text("ed25519_public_key"));
    assertThat(publicKey.toX25519().hex()).isEqualTo(vector.text("x25519_public_key"));

    try (IdentityKeyPair pair = IdentityKeyPair.fromSeed(vector.hex("ed25519_seed"));
        X25519KeyPair converted = pair.toX25519()) {
      assertThat(pair.publicKey()).isEqualTo(publicKey);
      assertThat(pair.privateKeyHex()).isEqualTo(vector.text("ed25519_private_key"));
      assertThat(converted.privateKey()).isEqualTo(vector.hex("x25519_private_key"));
      assertThat(converted.publicKey().hex()).isEqualTo(vector.text("x25519_public_key"));
    }
  }

  @VectorTest("ed25519_to_x25519_reject")
  void refusesUnusablePoints(Vector vector) {
    assertThat(vector.isTrue("libsodium_rejects")).isTrue();
    assertThatThrownBy(() -> IdentityKey.parse(vector.text("ed25519_public_key")))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refusesAPointOutsideThePrimeOrderSubgroup() {
    BigInteger prime = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    // (x, y) plus the point of order two is (-x, -y), on the curve but not in the subgroup.
    Vector vector = Vector.entry("ed25519_to_x25519").getFirst();
    byte[] key = vector.hex("ed25519_public_key");
    BigInteger y = new BigInteger(1, reversed(key)).clearBit(255);

    byte[] negated = reversed(prime.subtract(y).toByteArray());
    byte[] otherSign = negated.clone();
    otherSign[31] ^= (byte) 0x80;

    assertThatThrownBy(() -> IdentityKey.of(negated)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> IdentityKey.of(otherSign)).isInstanceOf(FormatException.class);
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] reversed = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      reversed[bytes.length - 1 - i] = bytes[i];
    }
    return reversed;
  }

  @Test
  void refusesCoordinatesThatAreNotReduced() {
    assertThatThrownBy(() -> IdentityKey.parse("ff".repeat(31) + "7f"))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refusesOtherLengths() {
    assertThatThrownBy(() -> IdentityKey.parse("")).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> IdentityKey.of(new byte[33])).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesHalvesThatDoNotBelongTogether() {
    try (IdentityKeyPair one = IdentityKeyPair.generate(Entropy.SYSTEM);
        IdentityKeyPair other = IdentityKeyPair.generate(Entropy.SYSTEM)) {
      String grafted = one.privateKeyHex().substring(0, 64) + other.publicKey().hex();

      assertThatThrownBy(() -> IdentityKeyPair.parse(one.privateKeyHex(), other.publicKey().hex()))
          .isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> IdentityKeyPair.parse(grafted, other.publicKey().hex()))
          .isInstanceOf(FormatException.class);
      assertThatThrownBy(() -> IdentityKeyPair.parse(grafted, one.publicKey().hex()))
          .isInstanceOf(FormatException.class);
    }
  }

  @Test
  void readsEitherCase() {
    try (IdentityKeyPair pair = IdentityKeyPair.fromSeed(new byte[32])) {
      String hex = pair.publicKey().hex();
      assertThat(IdentityKey.parse(hex.toUpperCase(Locale.ROOT)).hex()).isEqualTo(hex);
    }
  }
}
