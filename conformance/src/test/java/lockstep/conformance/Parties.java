package lockstep.conformance;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import lockstep.client.LockstepClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestedProgram;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The programs that are compared. */
final class Parties {

  private Parties() {}

  /** Plain HTTP, which the server decrypts for. */
  record Rest(TestCaller caller, TestApp app) implements Party {
    @Override
    public String name() {
      return "REST";
    }

    @Override
    public void write(String key, String value) {
      caller.post(app.secrets(), body(secret(key, value))).is(201);
    }

    @Override
    public Map<String, String> read(List<String> keys) {
      Map<String, String> values = new HashMap<>();
      for (JsonNode row : caller.get(app.secrets()).is(200).json()) {
        values.put(row.get("key").stringValue(), row.get("value").stringValue());
      }
      return values;
    }
  }

  /** The Java client of this project. */
  record Java(LockstepClient client, TestApp app) implements Party {
    @Override
    public String name() {
      return "JAVA";
    }

    @Override
    public void write(String key, String value) {
      client.environment(app.id(), "Development").set(key, value);
    }

    @Override
    public Map<String, String> read(List<String> keys) {
      return client.environment(app.id(), "Development").values();
    }
  }

  /** The Node SDK. */
  record Node(ScriptedClient node, String host, String token, TestApp app) implements Party {
    @Override
    public String name() {
      return "NODE";
    }

    @Override
    public void write(String key, String value) {
      ask("create", "secrets", List.of(Map.of("key", key, "value", value, "comment", "")));
    }

    @Override
    public Map<String, String> read(List<String> keys) {
      Map<String, String> values = new HashMap<>();
      for (JsonNode row : ask("get", "path", "/")) {
        values.put(row.get("key").stringValue(), row.get("value").stringValue());
      }
      return values;
    }

    private JsonNode ask(String call, String name, Object argument) {
      Map<String, Object> with =
          Map.of("appId", app.id(), "envName", "Development", name, argument);
      JsonNode answer =
          node.ask(
              Map.of(
                  "host", host,
                  "token", token,
                  "steps", List.of(Map.of("call", call, "with", with))));
      assertThat(answer.path("error").stringValue("")).isEmpty();
      return answer.get("results").get(0);
    }

    @Override
    public String toString() {
      return "Node";
    }
  }

  /** The Python SDK. */
  record Python(ScriptedClient python, String host, String token, TestApp app) implements Party {
    @Override
    public String name() {
      return "PYTHON";
    }

    @Override
    public void write(String key, String value) {
      ask("create", Map.of("key_value_pairs", List.of(Map.of(key, value))));
    }

    @Override
    public Map<String, String> read(List<String> keys) {
      Map<String, String> values = new HashMap<>();
      for (JsonNode row : ask("all", Map.of())) {
        values.put(row.get("key").stringValue(), row.get("value").stringValue());
      }
      return values;
    }

    private JsonNode ask(String call, Map<String, Object> arguments) {
      Map<String, Object> with = new HashMap<>(arguments);
      with.put("env_name", "Development");
      with.put("app_id", app.id());
      JsonNode answer =
          python.ask(Map.of("host", host, "token", token, "call", call, "with", with));
      assertThat(answer.path("error").stringValue("")).isEmpty();
      return answer.get("result");
    }

    @Override
    public String toString() {
      return "Python";
    }
  }

  /** The command {@code lockstep secrets}, in a process of its own each time. */
  record CommandLine(Path folder, String host, String token, TestApp app) implements Party {
    @Override
    public String name() {
      return "COMMAND";
    }

    @Override
    public void write(String key, String value) {
      run(value, "set", key, "--exact");
    }

    @Override
    public Map<String, String> read(List<String> keys) {
      Map<String, String> values = new HashMap<>();
      new JsonMapper()
          .readTree(run("", "export", "--format", "json"))
          .forEachEntry((key, value) -> values.put(key, value.stringValue()));
      return values;
    }

    private String run(String input, String... arguments) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Djava.locale.providers=SPI",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "--enable-native-access=ALL-UNNAMED"));
      command.addAll(TestedProgram.options("secrets"));
      command.add(TestedProgram.MAIN);
      command.add("secrets");
      command.addAll(List.of(arguments));
      ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
      builder.environment().keySet().removeIf(name -> name.matches("(LOCKSTEP|PHASE)_.*"));
      builder
          .environment()
          .putAll(
              Map.of(
                  "HOME",
                  folder.toString(),
                  "LOCKSTEP_ADDRESS",
                  host,
                  "LOCKSTEP_TOKEN",
                  token,
                  "LOCKSTEP_APP",
                  app.id(),
                  "LOCKSTEP_ENV",
                  "Development"));
      builder.redirectError(folder.resolve("errors.log").toFile());
      try {
        Process process = builder.start();
        try (OutputStream standardInput = process.getOutputStream()) {
          standardInput.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("errors.log"))).isZero();
        return output;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String toString() {
      return "CommandLine";
    }
  }
}
