package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a first start leaves behind, for tests that are about something else: its key ceremony takes
 * many seconds, so that all tests of one run of Maven have one together, of which each gets a copy.
 * It logs all it can log, and none of what it prints may be there.
 */
final class FirstStart {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private FirstStart() {}

  /** Puts the data of a server into this new folder, and returns whom the first start made. */
  static JsonNode copyTo(Path folder) throws IOException {
    @Nullable String run = System.getProperty("lockstep.test.run");
    if (run == null) { // Nobody says which processes belong together.
      return perform(folder, folder.resolveSibling("first-start.json"));
    }
    Path all = Files.createDirectories(Path.of("target", "first-starts"));
    Path shared = all.resolve(run);
    try (FileChannel lock =
        FileChannel.open(
            all.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      var _ = lock.lock();
      if (!Files.exists(shared)) {
        Path unfinished = Files.createTempDirectory(all, "unfinished-");
        perform(unfinished.resolve("data"), unfinished.resolve("bootstrap.json"));
        Files.move(unfinished, shared);
      }
    }
    copy(shared.resolve("data"), folder);
    return JSON.readTree(Files.readString(shared.resolve("bootstrap.json")));
  }

  /** Copies the data of a server that does not run into this new folder. */
  static void copy(Path data, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        assertThat(file).isRegularFile();
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  private static JsonNode perform(Path data, Path bootstrap) throws IOException {
    try (CommandProcess server = CommandProcess.startLoggingAll(data, bootstrap)) {
      server.address();
      server.terminate();
      assertThat(server.exitCode()).isZero();
      JsonNode made = JSON.readTree(Files.readString(bootstrap));
      assertThat(server.errors())
          .as("the log")
          .isNotEmpty()
          .doesNotContain(
              List.of(text(made, "password"), text(made, "recovery"), text(made, "token")));
      return made;
    }
  }

  private static String text(JsonNode made, String name) {
    return made.get(name).stringValue();
  }
}
