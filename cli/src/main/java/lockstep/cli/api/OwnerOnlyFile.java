package lockstep.cli.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/**
 * A file that its owner alone can read, in the making. It appears under its name with all of its
 * content, or not at all. Opening proves that the folder can be written to, before there is any
 * content; closing removes what was not published.
 */
public final class OwnerOnlyFile implements AutoCloseable {

  private final Path path;
  private final Path draft;
  private final boolean replaces;

  private OwnerOnlyFile(Path path, Path draft, boolean replaces) {
    this.path = path;
    this.draft = draft;
    this.replaces = replaces;
  }

  /**
   * The same, for a file that must not exist.
   *
   * @throws FileAlreadyExistsException if it does, now or when it is published
   * @throws IOException if no such file can be made there
   */
  public static OwnerOnlyFile openNew(Path path) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(path.toString(), null, "exists already");
    }
    return open(path, false);
  }

  /**
   * Makes the empty draft, in the folder of the file.
   *
   * @throws IOException if no such file can be made there
   */
  public static OwnerOnlyFile open(Path path) throws IOException {
    return open(path, true);
  }

  private static OwnerOnlyFile open(Path path, boolean replaces) throws IOException {
    if (Files.isDirectory(path)) {
      throw new FileSystemException(path.toString(), null, "is a folder");
    }
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
    if (!Files.isDirectory(folder)) {
      throw new FileSystemException(folder.toString(), null, "is no folder");
    }
    return new OwnerOnlyFile(
        path,
        Files.createTempFile(folder, path.getFileName().toString(), ".new", ownerOnly(folder)),
        replaces);
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    if (!Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  /** What a file is to hold. */
  @FunctionalInterface
  public interface Content {

    /** Writes all of it, and leaves the stream open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** The same for content that comes piece by piece. */
  public void publish(Content content) throws IOException {
    try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
    giveName();
  }

  /** Puts the content on disk, then gives the file its name; an older one is replaced. */
  public void publish(byte[] content) throws IOException {
    publish(out -> out.write(content));
  }

  private void giveName() throws IOException {
    if (replaces) {
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } else {
      link();
    }
    try (FileChannel folder =
        FileChannel.open(
            Objects.requireNonNull(path.toAbsolutePath().getParent()), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException _) {
      // Not every system can; there the file system alone decides when the name is durable.
    }
  }

  /** A second name, unlike a new one, never takes the place of another file. */
  private void link() throws IOException {
    try {
      Files.createLink(path, draft);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException _) {
      // A file system without second names.
      Files.move(draft, path);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(draft);
  }
}
