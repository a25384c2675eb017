package lockstep.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.server.testing.TestedProgram;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in a process of its own, on an embedded database in an empty folder. */
final class ServerProcess implements AutoCloseable {

  private static final Pattern ADDRESS = Pattern.compile("serves (http://\\S+)");

  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final Path folder;
  private final URI address;

  private ServerProcess(Process process, Path folder, URI address) {
    this.process = process;
    this.folder = folder;
    this.address = address;
  }

  /** Starts it, and waits until it serves. What it prints goes to files in the folder. */
  static ServerProcess start(Path folder) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1500m",
                "-Djava.locale.providers=SPI",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED"));
    command.addAll(TestedProgram.FOR_KEYS);
    command.addAll(TestedProgram.options("start"));
    command.addAll(
        List.of(
            TestedProgram.MAIN,
            "start",
            "--port",
            "0",
            "--data-dir",
            folder.resolve("data").toString(),
            "--bootstrap-file",
            folder.resolve("bootstrap.json").toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("LOCKSTEP_"));
    builder.redirectError(folder.resolve("stderr.log").toFile());
    Process process = builder.start();
    try (TimeLimit _ = TimeLimit.of(process, PATIENCE_SECONDS)) {
      return awaited(process, folder);
    }
  }

  private static ServerProcess awaited(Process process, Path folder) throws IOException {
    // Its reader would be closed with it, and the server's output with that; so it stays open.
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder printed = new StringBuilder();
    for (@Nullable String line = output.readLine(); line != null; line = output.readLine()) {
      printed.append(line).append('\n');
      Matcher matcher = ADDRESS.matcher(line);
      if (matcher.find()) {
        Path log = folder.resolve("stdout.log");
        Files.writeString(log, printed);
        Thread.ofPlatform().daemon().start(() -> copy(output, log));
        return new ServerProcess(process, folder, URI.create(matcher.group(1)));
      }
    }
    process.destroyForcibly();
    throw new IllegalStateException("the server did not start, or not in time: " + printed);
  }

  private static void copy(BufferedReader output, Path log) {
    try {
      for (@Nullable String line = output.readLine(); line != null; line = output.readLine()) {
        Files.writeString(log, line + "\n", java.nio.file.StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      // It has ended.
    }
  }

  URI address() {
    return address;
  }

  long pid() {
    return process.pid();
  }

  /** The owner's credentials, as the first start wrote them down. */
  JsonNode bootstrap() throws IOException {
    return new JsonMapper().readTree(Files.readString(folder.resolve("bootstrap.json")));
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
