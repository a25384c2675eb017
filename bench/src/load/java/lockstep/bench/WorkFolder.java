package lockstep.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A folder for everything that a run makes, which goes with it. */
record WorkFolder(Path path) implements AutoCloseable {

  private static final int FLUSHES = 200;
  private static final int BLOCK_BYTES = 4096;

  /** A new one in this folder, which is made if it is not there. */
  static WorkFolder in(Path parent) throws IOException {
    Files.createDirectories(parent);
    return new WorkFolder(Files.createTempDirectory(parent, "run-").toRealPath());
  }

  /** How long the disk needs to make a written block durable: the median, in milliseconds. */
  double flushMillis() throws IOException {
    Path file = path.resolve("flush");
    List<Double> millis = new ArrayList<>();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < FLUSHES; i++) {
        long begin = System.nanoTime();
        channel.write(ByteBuffer.allocate(BLOCK_BYTES));
        channel.force(false);
        millis.add((System.nanoTime() - begin) / 1e6);
      }
    }
    Files.delete(file);
    return Medians.of(millis);
  }

  String fileSystem() throws IOException {
    return Files.getFileStore(path).type();
  }

  @Override
  public void close() throws IOException {
    try (var files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
