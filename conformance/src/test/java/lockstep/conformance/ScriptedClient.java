package lockstep.conformance;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import lockstep.server.http.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that runs a real client: a line of JSON goes in, a line of JSON comes out. */
final class ScriptedClient implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader answers;

  private ScriptedClient(Process process) {
    this.process = process;
    this.requests = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Runs the Node SDK. */
  static ScriptedClient node() {
    return start(Installation.node(), List.of("node", "client.mjs"));
  }

  /** Runs the Python SDK. */
  static ScriptedClient python() {
    return start(Installation.python(), List.of("venv/bin/python", "client.py"));
  }

  private static ScriptedClient start(Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectError(folder.resolve("errors.log").toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().keySet().removeIf(name -> name.startsWith("PHASE_"));
    try {
      return new ScriptedClient(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The answer to a request. */
  JsonNode ask(Map<String, ?> request) {
    try (TimeLimit _ = TimeLimit.of(process, PATIENCE_SECONDS)) {
      requests.write(new String(Json.write(request), StandardCharsets.UTF_8));
      requests.newLine();
      requests.flush();
      @Nullable String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException(
            "the client has ended, or took too long; see errors.log beside its script");
      }
      return JSON.readTree(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
