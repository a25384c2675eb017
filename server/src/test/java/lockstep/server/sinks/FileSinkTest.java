package lockstep.server.sinks;

import static lockstep.server.sinks.SinkEvents.event;
import static lockstep.server.sinks.SinkEvents.events;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events in a file. */
final class FileSinkTest {

  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("audit.jsonl");
  }

  private FileSink sink(long bytes, int kept) {
    return new FileSink(file(), new SinkSettings.Rotation(bytes, kept));
  }

  private static List<String> lines(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(n -> "{\"sequence\":" + n + "}").toList();
  }

  @Test
  void eachEventIsALineAndTheFileIsItsOwnersAlone() throws Exception {
    try (FileSink sink = sink(1 << 20, 1)) {
      sink.deliver(events(1, 2));
      sink.deliver(events(3, 3));
    }
    assertThat(Files.readAllLines(file())).isEqualTo(lines(1, 3));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void aFullFileIsSetAsideAndTheOldestGoes() throws Exception {
    int three = 3 * (lines(1, 1).getFirst().length() + 1);
    try (FileSink sink = sink(three, 2)) {
      sink.deliver(events(1, 2));
      sink.deliver(events(3, 9));
      assertThat(Files.readAllLines(file())).isEqualTo(lines(7, 9));
      assertThat(Files.readAllLines(folder.resolve("audit.jsonl.1"))).isEqualTo(lines(4, 6));
      assertThat(Files.readAllLines(folder.resolve("audit.jsonl.2"))).isEqualTo(lines(1, 3));
      sink.deliver(List.of(event(10, "read", "{\"long\":\"" + "x".repeat(three) + "\"}")));
      sink.deliver(events(1, 1));
    }
    assertThat(Files.readAllLines(file())).isEqualTo(lines(1, 1));
    assertThat(Files.readAllLines(folder.resolve("audit.jsonl.1"))).hasSize(1);
    assertThat(Files.readAllLines(folder.resolve("audit.jsonl.2"))).isEqualTo(lines(7, 9));
    assertThat(folder.resolve("audit.jsonl.3")).doesNotExist();
  }

  @Test
  void aFileThatWasMovedAwayIsLeftAloneAndAnotherBegun() throws Exception {
    Path moved = folder.resolve("moved");
    try (FileSink sink = sink(1 << 20, 1)) {
      sink.deliver(events(1, 1));
      Files.move(file(), moved);
      sink.deliver(events(2, 2));
    }
    assertThat(Files.readAllLines(moved)).isEqualTo(lines(1, 1));
    assertThat(Files.readAllLines(file())).isEqualTo(lines(2, 2));
  }

  @Test
  void whatACrashLeftOfALineIsCutOff() throws Exception {
    Files.writeString(file(), "{\"sequence\":1}\n{\"sequ" + "x".repeat(200_000));
    try (FileSink sink = sink(1 << 20, 1)) {
      sink.deliver(events(2, 2));
    }
    assertThat(Files.readAllLines(file())).isEqualTo(lines(1, 2));
  }

  @Test
  void aFileThatCannotBeWrittenIsAFailureUntilItCanBe() throws Exception {
    Files.createDirectory(file());
    try (FileSink sink = sink(1 << 20, 1)) {
      assertThatThrownBy(() -> sink.deliver(events(1, 1))).isInstanceOf(IOException.class);
      Files.delete(file());
      sink.deliver(events(1, 1));
    }
    assertThat(Files.readAllLines(file())).isEqualTo(lines(1, 1));
  }

  @Test
  void aLinkIsNotFollowed() throws Exception {
    Path target = folder.resolve("elsewhere");
    Files.writeString(target, "", StandardOpenOption.CREATE);
    Files.createSymbolicLink(file(), target);
    try (FileSink sink = sink(1 << 20, 1)) {
      assertThatThrownBy(() -> sink.deliver(events(1, 1))).isInstanceOf(IOException.class);
    }
    assertThat(target).isEmptyFile();
  }
}
