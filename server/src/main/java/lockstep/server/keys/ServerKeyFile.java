package lockstep.server.keys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import lockstep.crypto.CryptoException;
import lockstep.crypto.ServerKey;

/**
 * The server key that a server with the embedded database makes for itself: 64 hexadecimal digits
 * in a file that its user alone can read.
 *
 * @param isNew whether the file was made just now
 */
public record ServerKeyFile(Path path, ServerKey key, boolean isNew) {

  private static final String NAME = "server.key";

  /**
   * Reads the key in this folder, or makes one if there is none.
   *
   * @throws UncheckedIOException if the file cannot be read or written, or does not hold a key
   */
  public static ServerKeyFile in(Path folder) {
    Path path = folder.resolve(NAME);
    try {
      return read(path, !Files.exists(path) && create(folder, path));
    } catch (IOException e) {
      throw new UncheckedIOException("the server key file " + path + " cannot be used", e);
    }
  }

  /**
   * Reads the key in this folder, if there is one.
   *
   * @throws UncheckedIOException if the file cannot be read, or does not hold a key
   */
  public static Optional<ServerKeyFile> existing(Path folder) {
    Path path = folder.resolve(NAME);
    return Files.exists(path) ? Optional.of(read(path, false)) : Optional.empty();
  }

  private static ServerKeyFile read(Path path, boolean isNew) {
    try {
      return new ServerKeyFile(path, ServerKey.parse(Files.readString(path).strip()), isNew);
    } catch (IOException e) {
      throw new UncheckedIOException("the server key file " + path + " cannot be used", e);
    } catch (CryptoException e) {
      throw new UncheckedIOException(
          "the server key file " + path + " does not hold a key",
          new IOException(e.getMessage(), e));
    }
  }

  /** The content is on disk before the file has its name: half a key would be a lost database. */
  private static boolean create(Path folder, Path path) throws IOException {
    Files.createDirectories(folder);
    Path draft = Files.createTempFile(folder, NAME, ".new", ownerOnly(folder));
    try {
      byte[] content = (ServerKey.generateHex() + "\n").getBytes(StandardCharsets.US_ASCII);
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(content));
        channel.force(true);
      }
      Files.createLink(path, draft);
      forceEntry(folder);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.delete(draft);
    }
  }

  /** The name is on disk, too, where a folder can be opened and synced. */
  private static void forceEntry(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system can; there the file system alone decides when the name is durable.
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    if (!Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }

  @Override
  public String toString() {
    return "ServerKeyFile[" + path + "]";
  }
}
