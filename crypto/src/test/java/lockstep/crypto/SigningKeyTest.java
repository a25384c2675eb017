package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SigningKeyTest {

  /** Test 2 of RFC 8032, section 7.1. */
  @Test
  void signsAsTheStandardSays() {
    SigningKey key =
        SigningKey.fromSeed(
            Hex.decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
    assertThat(key.publicKey().hex())
        .isEqualTo("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    assertThat(Hex.encode(key.sign(new byte[] {0x72})))
        .isEqualTo(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  }

  @Test
  void onlyTheSignatureOfThisMessageUnderThisKeyIsAccepted() {
    ServerKey server = ServerKey.parse(ServerKey.generateHex());
    SigningKey key = SigningKey.derive(server, "one");
    byte[] message = {1, 2, 3};
    byte[] signature = key.sign(message);

    assertThat(SigningKey.verify(key.publicKey(), message, signature)).isTrue();
    assertThat(SigningKey.verify(key.publicKey(), new byte[] {1, 2, 4}, signature)).isFalse();
    assertThat(SigningKey.verify(key.publicKey(), message, Arrays.copyOf(signature, 63))).isFalse();
    SigningKey other = SigningKey.derive(server, "two");
    assertThat(other.publicKey()).isNotEqualTo(key.publicKey());
    assertThat(SigningKey.verify(other.publicKey(), message, signature)).isFalse();
    for (int i = 0; i < signature.length; i++) {
      byte[] changed = signature.clone();
      changed[i] ^= 1;
      assertThat(SigningKey.verify(key.publicKey(), message, changed)).as("byte %d", i).isFalse();
    }
  }

  @Test
  void theKeyIsNotPrinted() {
    SigningKey key = SigningKey.derive(ServerKey.parse(ServerKey.generateHex()), "c");
    assertThat(key).hasToString("SigningKey[hidden]");
  }
}
