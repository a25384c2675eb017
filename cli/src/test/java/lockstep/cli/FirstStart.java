package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a first start leaves behind, for tests that are about something else: its key ceremony takes
 * many seconds, so that the processes of one run of tests make one, of which each gets a copy. It
 * logs all it can log, and none of what it prints may be there.
 */
final class FirstStart {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private FirstStart() {}

  /** Puts the data of a server into this new folder, and returns whom the first start made. */
  static JsonNode copyTo(Path folder) throws IOException {
    // Of this run: the processes that run tests have the same parent.
    long run = ProcessHandle.current().parent().orElseThrow().pid();
    Path shared = Files.createDirectories(Path.of("target", "first-start-" + run));
    Path bootstrap = shared.resolve("bootstrap.json");
    Path data = shared.resolve("data");
    try (FileChannel lock =
        FileChannel.open(
            shared.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      var _ = lock.lock();
      if (!Files.exists(shared.resolve("done"))) {
        perform(data, bootstrap);
        Files.createFile(shared.resolve("done"));
      }
    }
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return JSON.readTree(Files.readString(bootstrap));
  }

  private static void perform(Path data, Path bootstrap) throws IOException {
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
    }
  }

  private static String text(JsonNode made, String name) {
    return made.get(name).stringValue();
  }
}
