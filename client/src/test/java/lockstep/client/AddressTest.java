package lockstep.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressTest {

  @Test
  void isEncryptedIfItSaysHttpsHoweverItIsWritten() {
    assertThat(Address.parse("https://secrets.example", false).isEncrypted()).isTrue();
    assertThat(Address.parse("HTTPS://secrets.example", true).isEncrypted()).isTrue();
    assertThat(Address.parse("http://localhost:1", false).isEncrypted()).isFalse();
    assertThat(Address.parse("http://https.example", true).isEncrypted()).isFalse();
  }
}
