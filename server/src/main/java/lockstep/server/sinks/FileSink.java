package lockstep.server.sinks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file with one event a line. What {@link #deliver} was given is on disk when it returns, and a
 * line is there as a whole or not at all: what a crash or a full disk left of one is cut off before
 * the next is written.
 *
 * <p>A file that is full becomes {@code name.1}, the one that was called so {@code name.2}, and so
 * on; the oldest goes. A file that somebody else moved away, as programs that rotate logs do, is
 * left alone, and a new one begun.
 */
final class FileSink implements Sink {

  private static final FileAttribute<?> FOR_THE_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  /** Looked at from the end of a file to find where its last whole line ends. */
  private static final int BLOCK = 1 << 16;

  private final Path path;
  private final SinkSettings.Rotation rotation;

  /** Null until it is needed, and after a failure. */
  private @Nullable FileChannel channel;

  private @Nullable Object key;

  FileSink(Path path, SinkSettings.Rotation rotation) {
    this.path = path;
    this.rotation = rotation;
  }

  @Override
  public void deliver(List<SinkEvent> events) throws IOException {
    try {
      int next = 0;
      while (next < events.size()) {
        FileChannel file = opened();
        long room = rotation.bytes() - file.size();
        int end = next;
        int bytes = 0;
        while (end < events.size() && bytes + lineBytes(events.get(end)) <= room) {
          bytes += lineBytes(events.get(end));
          end++;
        }
        if (end == next && file.size() > 0) {
          rotate();
          continue;
        }
        end = Math.max(end, next + 1); // One that is larger than a whole file gets its own.
        append(file, events.subList(next, end));
        next = end;
      }
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private static int lineBytes(SinkEvent event) {
    return event.json().length + 1;
  }

  private static void append(FileChannel file, List<SinkEvent> events) throws IOException {
    int size = events.stream().mapToInt(FileSink::lineBytes).sum();
    ByteBuffer lines = ByteBuffer.allocate(size);
    events.forEach(event -> lines.put(event.json()).put((byte) '\n'));
    lines.flip();
    long before = file.size();
    try {
      file.position(before);
      while (lines.hasRemaining()) {
        file.write(lines);
      }
      file.force(false);
    } catch (IOException e) {
      try {
        file.truncate(before);
      } catch (IOException more) { // The next one to open the file looks for a torn line.
        e.addSuppressed(more);
      }
      throw e;
    }
  }

  /** The file that has the name now. */
  private FileChannel opened() throws IOException {
    FileChannel current = channel;
    if (current != null && Objects.equals(key, keyOf(path))) {
      return current;
    }
    close();
    boolean isNew = keyOf(path) == null;
    FileChannel opened =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS),
            FOR_THE_OWNER);
    channel = opened;
    key = keyOf(path);
    if (isNew) {
      syncFolder();
    } else {
      cutTornLine(opened);
    }
    return opened;
  }

  private static @Nullable Object keyOf(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void cutTornLine(FileChannel file) throws IOException {
    long end = file.size();
    while (end > 0) {
      long start = Math.max(0, end - BLOCK);
      ByteBuffer block = ByteBuffer.allocate((int) (end - start));
      while (block.hasRemaining() && file.read(block, start + block.position()) >= 0) {
        // Until the block is full.
      }
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          truncate(file, start + i + 1);
          return;
        }
      }
      end = start;
    }
    truncate(file, 0);
  }

  private static void truncate(FileChannel file, long size) throws IOException {
    if (file.size() > size) {
      file.truncate(size);
    }
  }

  private void rotate() throws IOException {
    close();
    if (rotation.kept() == 0) {
      Files.delete(path);
    }
    for (int i = rotation.kept() - 1; i >= 0; i--) {
      Path from = i == 0 ? path : numbered(i);
      if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(from, numbered(i + 1), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    syncFolder();
  }

  private Path numbered(int number) {
    return path.resolveSibling(path.getFileName() + "." + number);
  }

  /** So that a crash of the machine does not take a new name back. */
  private void syncFolder() throws IOException {
    Path folder = Objects.requireNonNull(path.getParent());
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public void close() {
    FileChannel current = channel;
    channel = null;
    key = null;
    if (current != null) {
      try {
        current.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
