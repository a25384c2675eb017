package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {

  @VectorTest("salt_from_string")
  void makesSaltsOfTexts(Vector vector) {
    assertThat(Argon2id.saltOf(vector.text("input"))).isEqualTo(vector.hex("salt"));
  }

  @VectorTest("argon2id_small")
  void argon2idIsTheRightOne(Vector vector) {
    assertThat(vector.number("memlimit_bytes")).isEqualTo(1024 * vector.number("memory_kib"));
    assertThat(
            Backend.PRIMITIVES.argon2id(
                vector.text("password").getBytes(StandardCharsets.UTF_8),
                vector.hex("salt"),
                vector.number("opslimit"),
                vector.number("memory_kib"),
                vector.number("length")))
        .isEqualTo(vector.hex("output"));
  }

  @Tag("slow")
  @VectorTest("device_key")
  void derivesTheDeviceKey(Vector vector) {
    assertThat(Argon2id.saltOf(vector.text("salt_input"))).isEqualTo(vector.hex("salt"));
    try (DeviceKey key = DeviceKey.derive(vector.text("password"), vector.text("email"))) {
      assertThat(key.hex()).isEqualTo(vector.text("key"));
    }
  }

  @Tag("slow")
  @VectorTest("password_auth_hash")
  void hashesThePasswordForTheServer(Vector vector) {
    assertThat(Argon2id.saltOf(vector.text("salt_input"))).isEqualTo(vector.hex("salt"));
    assertThat(PasswordAuthentication.authHash(vector.text("password"), vector.text("email")))
        .isEqualTo(vector.text("key"));
  }

  @Test
  void storedHashVerifiesWhatWasHashedAndNothingElse() {
    String stored = PasswordHash.hash("f3d362e9");

    assertThat(stored).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(PasswordHash.verify("f3d362e9", stored)).isTrue();
    assertThat(PasswordHash.verify("f3d362e8", stored)).isFalse();
    assertThat(PasswordHash.verify("F3D362E9", stored)).isFalse();
    assertThat(PasswordHash.verify("", stored)).isFalse();
    assertThat(PasswordHash.hash("f3d362e9")).isNotEqualTo(stored);
  }

  @Test
  void storedHashOfOtherCostsVerifies() {
    Vector vector = Vector.entry("argon2id_small").getFirst();
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    String stored =
        "$argon2id$v=19$m=8192,t=2,p=1$"
            + base64.encodeToString(vector.hex("salt"))
            + "$"
            + base64.encodeToString(vector.hex("output"));

    assertThat(PasswordHash.verify(vector.text("password"), stored)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "$argon2i$v=19$m=8192,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=16$m=8192,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=9999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=7,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8192,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8192,t=2,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=8192,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAA",
      })
  void refusesOtherStoredTexts(String stored) {
    assertThatThrownBy(() -> PasswordHash.verify("secret", stored))
        .isInstanceOf(FormatException.class);
  }
}
