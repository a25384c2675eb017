package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReencryptorTest {

  private final EnvironmentKeys before = EnvironmentKeys.generate();
  private final EnvironmentKeys after = EnvironmentKeys.generate();
  private final FieldOpener opener = before.opener();
  private final FieldSealer sealer = after.sealer();
  private final Reencryptor reencryptor = new Reencryptor(before, after, opener, sealer);

  @AfterEach
  void eraseKeys() {
    opener.close();
    sealer.close();
    before.close();
    after.close();
  }

  private String encrypted(String text) {
    return Ciphertext.encrypt(text, before.publicKey()).text();
  }

  private String opened(String ciphertext) {
    try (FieldOpener now = after.opener()) {
      return now.open(ciphertext);
    }
  }

  @Test
  void aTextIsTheSameOfTheSameLengthAndOpensWithTheOtherKeysOnly() {
    for (String text : new String[] {"", "a", "日本 🔑 \u0000", "v".repeat(65_536)}) {
      String old = encrypted(text);
      String now = reencryptor.text(old);
      assertThat(opened(now)).isEqualTo(text);
      assertThat(now).hasSameSizeAs(old);
      assertThatThrownBy(() -> opener.open(now)).isInstanceOf(DecryptionException.class);
    }
    assertThat(reencryptor.metUnreadable()).isFalse();
  }

  @Test
  void equalCiphertextsStayEqualAndOthersDoNotBecomeSo() {
    String one = encrypted("same");
    assertThat(reencryptor.text(one)).isEqualTo(reencryptor.text(one));
    assertThat(reencryptor.text(one)).isNotEqualTo(reencryptor.text(encrypted("same")));
  }

  @Test
  void whatIsEmptyStaysEmptyAndWhatDoesNotOpenStaysAsItIs() {
    assertThat(reencryptor.text("")).isEmpty();
    assertThat(reencryptor.metUnreadable()).isFalse();
    String foreign = Ciphertext.encrypt("lost", after.publicKey()).text();
    assertThat(reencryptor.text(foreign)).isEqualTo(foreign);
    assertThat(reencryptor.text("no ciphertext")).isEqualTo("no ciphertext");
    assertThat(reencryptor.metUnreadable()).isTrue();
  }

  @Test
  void digestsGoWithTheirNames() {
    String key = encrypted("NAME");
    assertThat(reencryptor.digest(key, before.keyDigest("NAME")))
        .isEqualTo(after.keyDigest("NAME"));
    assertThat(reencryptor.rightDigests()).isOne();
    assertThat(reencryptor.wrongDigests()).isZero();
    assertThat(reencryptor.digest(key, "0".repeat(64))).isEqualTo("0".repeat(64));
    assertThat(reencryptor.wrongDigests()).isOne();
    // Nobody knows what it should be.
    assertThat(reencryptor.digest("no ciphertext", "1".repeat(64))).isEqualTo("1".repeat(64));
    assertThat(reencryptor.wrongDigests()).isOne();
  }

  @Test
  void itShowsNothing() {
    assertThat(reencryptor).hasToString("Reencryptor[hidden]");
  }
}
