package lockstep.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Looks for texts in files and in the memory of a process. */
final class ByteSearch {

  private static final int BLOCK = 1 << 20;

  private final List<String> texts;
  private final List<byte[]> needles = new ArrayList<>();
  private final boolean[] beginsNeedle = new boolean[256];
  private final int overlap;

  /** Looks for these texts, as a JVM holds them and as they are written: in one or two bytes. */
  ByteSearch(List<String> texts) {
    this.texts = texts;
    int longest = 0;
    for (String text : texts) {
      needles.add(text.getBytes(StandardCharsets.UTF_8));
      needles.add(text.getBytes(StandardCharsets.UTF_16LE));
      longest = Math.max(longest, text.length() * 2);
    }
    needles.forEach(needle -> beginsNeedle[needle[0] & 0xff] = true);
    this.overlap = longest;
  }

  /** Those that are in some file of a folder. */
  Set<String> inFilesOf(Path folder) throws IOException {
    Set<String> found = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file)) {
        search(channel, 0, channel.size(), found);
      }
    }
    return found;
  }

  /** Those that are in the memory of a process. Linux only, for a process of the same user. */
  Set<String> inMemoryOf(long pid) throws IOException {
    Set<String> found = new TreeSet<>();
    Path process = Path.of("/proc", Long.toString(pid));
    try (FileChannel memory = FileChannel.open(process.resolve("mem"))) {
      for (String line : Files.readAllLines(process.resolve("maps"))) {
        String[] parts = line.split("[ -]+", 4);
        boolean isOrdinary = parts[2].startsWith("rw") && !line.contains("[v");
        if (isOrdinary) {
          search(memory, address(parts[0]), address(parts[1]), found);
        }
      }
    }
    return found;
  }

  private static long address(String hexadecimal) {
    return Long.parseUnsignedLong(hexadecimal, 16);
  }

  private void search(FileChannel channel, long from, long to, Set<String> found) {
    ByteBuffer block = ByteBuffer.allocate(BLOCK);
    for (long position = from; position < to; position += BLOCK - overlap) {
      block.clear();
      block.limit((int) Math.min(BLOCK, to - position));
      try {
        if (channel.read(block, position) <= 0) {
          return;
        }
      } catch (IOException e) {
        return; // Reserved, but never used.
      }
      search(block.array(), block.position(), found);
    }
  }

  private void search(byte[] bytes, int length, Set<String> found) {
    for (int start = 0; start < length; start++) {
      if (beginsNeedle[bytes[start] & 0xff]) {
        for (int i = 0; i < needles.size(); i++) {
          byte[] needle = needles.get(i);
          int end = start + needle.length;
          if (end <= length && Arrays.equals(bytes, start, end, needle, 0, needle.length)) {
            found.add(texts.get(i / 2));
          }
        }
      }
    }
  }
}
