package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedStreamTest {

  private static final int PIECE = 65_536;
  private static final int SEALED_PIECE = PIECE + 16;
  private static final int HEAD = SealedStream.prefixBytes() + 32;
  private static final X25519KeyPair RECIPIENT = X25519KeyPair.generate();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17})
  void opensWhatWasSealed(int length) {
    byte[] content = content(length);
    byte[] sealed = sealed(content, 1_000);

    assertThat(sealed).hasSize(HEAD + length + 16 * Math.max(1, (length + PIECE - 1) / PIECE));
    assertThat(SealedStream.isSealed(sealed)).isTrue();
    assertThat(opened(sealed, RECIPIENT)).isEqualTo(content);
    assertThat(opened(sealed(content, PIECE + 5), RECIPIENT)).isEqualTo(content);
  }

  @Test
  void isWrittenByteByByteToo() throws IOException {
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    try (OutputStream out = SealedStream.seal(sealed, RECIPIENT.publicKey())) {
      out.write(7);
      out.write(255);
    }
    try (InputStream in =
        SealedStream.open(new ByteArrayInputStream(sealed.toByteArray()), RECIPIENT)) {
      assertThat(in.read()).isEqualTo(7);
      assertThat(in.read()).isEqualTo(255);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void doesNotOpenForAnotherKey() {
    byte[] sealed = sealed(content(10), 10);
    assertThatThrownBy(() -> opened(sealed, X25519KeyPair.generate()))
        .isInstanceOf(DecryptionException.class);
  }

  @Test
  void noticesEveryChangedByte() {
    byte[] sealed = sealed(content(200), 200);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> opened(changed, RECIPIENT))
          .as("byte " + i)
          .isInstanceOf(CryptoException.class);
    }
  }

  @Test
  void noticesThatPiecesWereCutOffLeftOutOrExchanged() {
    byte[] sealed = sealed(content(3 * PIECE), PIECE);
    byte[] head = Arrays.copyOf(sealed, HEAD);
    byte[] first = piece(sealed, 0);
    byte[] second = piece(sealed, 1);
    byte[] third = piece(sealed, 2);

    for (byte[] changed :
        new byte[][] {
          head,
          Bytes.concat(head, first),
          Bytes.concat(head, first, second),
          Bytes.concat(head, first, third),
          Bytes.concat(head, second, first, third),
          Bytes.concat(head, first, second, second, third),
          Bytes.concat(head, first, second, third, new byte[16]),
          Bytes.concat(head, first, second, third, new byte[1]),
          Arrays.copyOf(sealed, sealed.length - 1),
        }) {
      assertThatThrownBy(() -> opened(changed, RECIPIENT)).isInstanceOf(DecryptionException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "LOCKSTEP-SEALED-1", "LOCKSTEP-SEALED-2\n", "\u001f\u008b"})
  void refusesWhatIsNotOfTheForm(String text) {
    byte[] bytes =
        Arrays.copyOf(
            text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), text.length() + 10);
    assertThat(SealedStream.isSealed(bytes)).isFalse();
    assertThatThrownBy(() -> opened(bytes, RECIPIENT)).isInstanceOf(FormatException.class);
  }

  @Test
  void nothingIsWrittenAfterTheEnd() throws IOException {
    OutputStream out = SealedStream.seal(OutputStream.nullOutputStream(), RECIPIENT.publicKey());
    out.close();
    out.close();
    assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
  }

  private static byte[] piece(byte[] sealed, int number) {
    int begin = HEAD + number * SEALED_PIECE;
    return Arrays.copyOfRange(sealed, begin, begin + SEALED_PIECE);
  }

  private static byte[] content(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private static byte[] sealed(byte[] content, int step) {
    ByteArrayOutputStream sealed = new ByteArrayOutputStream();
    try (OutputStream out = SealedStream.seal(sealed, RECIPIENT.publicKey())) {
      for (int at = 0; at < content.length; at += step) {
        out.write(content, at, Math.min(step, content.length - at));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sealed.toByteArray();
  }

  private static byte[] opened(byte[] sealed, X25519KeyPair key) {
    try (InputStream in = SealedStream.open(new ByteArrayInputStream(sealed), key)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
