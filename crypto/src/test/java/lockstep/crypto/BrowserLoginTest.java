package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The log-in of a command line through a browser needs no more than {@link Ciphertext}. */
class BrowserLoginTest {

  @VectorTest("webauth")
  void theBrowsersAnswerOpensWithTheKeyOfTheCommandLine(Vector vector) {
    Vector body = vector.object("callback_body");
    Vector expected = vector.object("expected");
    try (X25519KeyPair pair = X25519KeyPair.fromPrivateKey(vector.hex("cli_private_key"))) {
      for (Vector request : vector.list("requests")) {
        assertThat(pair.publicKey().hex()).isEqualTo(request.text("cli_public_key"));
        String raw =
            "%d-%s-%s"
                .formatted(
                    request.number("port"), pair.publicKey().hex(), request.text("pat_name"));
        assertThat(raw).isEqualTo(request.text("raw"));
        assertThat(Base64.getEncoder().encodeToString(raw.getBytes(StandardCharsets.UTF_8)))
            .isEqualTo(request.text("code"));
      }
      assertThat(Ciphertext.parse(body.text("email")).decrypt(pair))
          .isEqualTo(expected.text("email"));
      String token = Ciphertext.parse(body.text("pss")).decrypt(pair);
      assertThat(token).isEqualTo(expected.text("pss"));
      assertThat(Token.parse(token).kind()).isEqualTo(Token.Kind.USER);
    }
  }
}
