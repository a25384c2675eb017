package lockstep.crypto;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Long content encrypted to an X25519 public key, written and read piece by piece.
 *
 * <p>The form is
 *
 * <pre>LOCKSTEP-SEALED-1 and a line feed; ephemeral public key, 32 bytes; pieces</pre>
 *
 * <p>A piece is the XChaCha20-Poly1305 ciphertext and tag of 65,536 bytes, the last one of 0 to
 * 65,536; only if there is nothing at all is the last one empty. The key is BLAKE2b-256, keyed with
 * the shared secret, of everything before the pieces and the recipient's public key. The nonce is
 * 15 zero bytes, a byte that is 1 for the last piece and else 0, and the number of the piece from
 * zero in 8 bytes, most significant first. So pieces can be neither changed nor exchanged nor left
 * out, and an end that is missing is noticed.
 */
public final class SealedStream {

  private static final byte[] MAGIC = "LOCKSTEP-SEALED-1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PIECE_BYTES = 65_536;
  private static final int TAG_BYTES = 16;

  private SealedStream() {}

  /** How many bytes {@link #isSealed} looks at. */
  public static int prefixBytes() {
    return MAGIC.length;
  }

  /** Whether content that begins with these bytes is of this form. */
  public static boolean isSealed(byte[] beginning) {
    return MessageDigest.isEqual(
        Arrays.copyOf(beginning, Math.min(beginning.length, MAGIC.length)), MAGIC);
  }

  /**
   * Encrypts what is written. Nothing can be read back before the stream is closed, which closes
   * the other one too. Not safe for use by several threads.
   */
  public static OutputStream seal(OutputStream out, X25519PublicKey recipient) throws IOException {
    try (X25519KeyPair ephemeral = X25519KeyPair.generate()) {
      byte[] head = Bytes.concat(MAGIC, ephemeral.publicKey().bytes());
      out.write(head);
      return new Sealing(out, key(ephemeral.agree(recipient), head, recipient));
    }
  }

  /**
   * Decrypts what {@link #seal} wrote; closes the other stream when it is closed. Reading throws a
   * {@link DecryptionException} if the key is the wrong one, or content was changed or cut off;
   * what was read before is right, but is not all. Not safe for use by several threads.
   *
   * @throws FormatException if this is not of the form
   */
  public static InputStream open(InputStream in, X25519KeyPair recipient) throws IOException {
    byte[] head = in.readNBytes(MAGIC.length + X25519PublicKey.BYTES);
    if (head.length < MAGIC.length + X25519PublicKey.BYTES || !isSealed(head)) {
      throw new FormatException("not a sealed stream");
    }
    X25519PublicKey ephemeral =
        X25519PublicKey.unchecked(Arrays.copyOfRange(head, MAGIC.length, head.length));
    return new Opening(in, key(recipient.agree(ephemeral), head, recipient.publicKey()));
  }

  private static byte[] key(byte[] shared, byte[] head, X25519PublicKey recipient) {
    try {
      return Backend.PRIMITIVES.blake2b(32, shared, Bytes.concat(head, recipient.bytes()));
    } finally {
      Bytes.erase(shared);
    }
  }

  private static byte[] nonce(long number, boolean isLast) {
    return ByteBuffer.allocate(24).putLong(0).putLong(isLast ? 1 : 0).putLong(number).array();
  }

  private static final class Sealing extends FilterOutputStream {

    private final byte[] key;
    private final byte[] piece = new byte[PIECE_BYTES];
    private int length;
    private long number;
    private boolean closed;

    Sealing(OutputStream out, byte[] key) {
      super(out);
      this.key = key;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
      Objects.checkFromIndexSize(offset, count, bytes.length);
      if (closed) {
        throw new IOException("the stream is closed");
      }
      int done = 0;
      while (done < count) {
        if (length == PIECE_BYTES) {
          writePiece(false);
        }
        int part = Math.min(count - done, PIECE_BYTES - length);
        System.arraycopy(bytes, offset + done, piece, length, part);
        length += part;
        done += part;
      }
    }

    private void writePiece(boolean isLast) throws IOException {
      byte[] plaintext = Arrays.copyOf(piece, length);
      out.write(Backend.PRIMITIVES.seal(plaintext, key, nonce(number, isLast)));
      Bytes.erase(plaintext);
      number++;
      length = 0;
    }

    /** What was not written as a whole piece stays here until it is one, or the last. */
    @Override
    public void flush() throws IOException {
      out.flush();
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try (OutputStream closing = out) {
        writePiece(true);
        closing.flush();
      } finally {
        Bytes.erase(key, piece);
      }
    }
  }

  private static final class Opening extends InputStream {

    private final InputStream in;
    private final byte[] key;
    private byte @Nullable [] next;
    private byte[] piece = new byte[0];
    private int position;
    private long number;
    private boolean ended;

    Opening(InputStream in, byte[] key) {
      this.in = in;
      this.key = key;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      Objects.checkFromIndexSize(offset, count, bytes.length);
      if (count == 0) {
        return 0;
      }
      while (position == piece.length) {
        if (ended) {
          return -1;
        }
        readPiece();
      }
      int part = Math.min(count, piece.length - position);
      System.arraycopy(piece, position, bytes, offset, part);
      position += part;
      return part;
    }

    /** Which piece is the last is known once there is none behind it. */
    private void readPiece() throws IOException {
      byte[] current = next == null ? in.readNBytes(PIECE_BYTES + TAG_BYTES) : next;
      next = in.readNBytes(PIECE_BYTES + TAG_BYTES);
      boolean isLast = next.length == 0;
      if (current.length < TAG_BYTES || (current.length == TAG_BYTES && number > 0)) {
        throw new DecryptionException("the stream was cut off");
      }
      byte[] opened = Backend.PRIMITIVES.open(current, key, nonce(number, isLast));
      Bytes.erase(piece);
      piece = opened;
      position = 0;
      number++;
      ended = isLast;
    }

    @Override
    public void close() throws IOException {
      ended = true;
      Bytes.erase(key, piece);
      piece = new byte[0];
      position = 0;
      in.close();
    }
  }
}
