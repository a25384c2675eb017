package lockstep.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import lockstep.crypto.CryptoException;
import lockstep.crypto.RawSymmetric;
import org.jspecify.annotations.Nullable;

/**
 * The cached answers for one token from one address.
 *
 * <p>A file holds the time of the answer and its body, sealed. It is replaced as a whole, so that
 * readers see the old answer or the new one. Nothing here fails until it is closed: what cannot be
 * written is not cached, and what cannot be read is not there. Safe for use by several threads and
 * processes.
 */
final class CacheFolder implements AutoCloseable {

  /** An answer and the time when it came. */
  static final class Entry {

    private final byte[] body;
    private final Instant receivedAt;

    private Entry(byte[] body, Instant receivedAt) {
      this.body = body;
      this.receivedAt = receivedAt;
    }

    byte[] body() {
      return body;
    }

    Instant receivedAt() {
      return receivedAt;
    }
  }

  /** Clocks that are set a little all the time may make answers seem to come from the future. */
  private static final Duration SETTING_OF_CLOCKS = Duration.ofMinutes(1);

  private final Path folder;
  private final Duration maxAge;
  private final CacheKeys keys;

  CacheFolder(Path parent, Duration maxAge, CacheKeys keys) {
    this.folder = parent.resolve(keys.folderName());
    this.maxAge = maxAge;
    this.keys = keys;
  }

  /** Null if there is none, or none that is recent enough. */
  @Nullable Entry get(String name, Instant now) {
    byte[] key = keys.key(name);
    try {
      byte[] content = RawSymmetric.open(Files.readAllBytes(file(name)), key);
      if (content.length < Long.BYTES) {
        return null;
      }
      Instant receivedAt = Instant.ofEpochMilli(ByteBuffer.wrap(content).getLong());
      Duration age = Duration.between(receivedAt, now);
      // The age of what came in the future is unknown: a clock was set.
      return age.compareTo(maxAge) > 0 || age.compareTo(SETTING_OF_CLOCKS.negated()) < 0
          ? null
          : new Entry(Arrays.copyOfRange(content, Long.BYTES, content.length), receivedAt);
    } catch (IOException | CryptoException _) {
      return null;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  void put(String name, byte[] body, Instant receivedAt) {
    byte[] key = keys.key(name);
    byte[] content =
        ByteBuffer.allocate(Long.BYTES + body.length)
            .putLong(receivedAt.toEpochMilli())
            .put(body)
            .array();
    Path file = file(name);
    try {
      replace(file, RawSymmetric.seal(content, key));
    } catch (IOException _) {
      // An older answer must not be given for this one. The next reading goes to the server.
      delete(file);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // What can be neither replaced nor deleted stays until it is too old.
    }
  }

  /** Deletes everything of this token. */
  void erase() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException | DirectoryIteratorException _) {
      // There was none, or somebody is writing: what is left cannot be used with a dead token.
    }
  }

  /** Erases what the keys are derived from; the files stay. */
  @Override
  public void close() {
    keys.erase();
  }

  private Path file(String name) {
    return folder.resolve(keys.fileName(name));
  }

  private void replace(Path file, byte[] content) throws IOException {
    Files.createDirectories(folder, ownerOnly("rwx------"));
    Path draft = Files.createTempFile(folder, "new", ".tmp", ownerOnly("rw-------"));
    try {
      Files.write(draft, content);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Other systems keep a user's files apart in their own ways. */
  private FileAttribute<?>[] ownerOnly(String permissions) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
