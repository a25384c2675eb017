package lockstep.conformance;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line 1.21.3, the last one written in Python, with a token of a service account. */
@ContractTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PythonCliTest extends OnBothDatabases {

  private static final int PATIENCE_SECONDS = 120;

  @TempDir private Path folder;

  private Path installation;
  private TestApp app;
  private TestCaller account;

  @BeforeEach
  void grantAccess() {
    installation = Installation.python();
    app = organisation.app("app");
    account = organisation.serviceAccount(DefaultRole.SERVICE);
    Clients.grant(owner, account, app, "Development");
  }

  @Test
  void aSecretGoesThroughItsWholeLife() throws Exception {
    phase("first\nsecond", "secrets", "create", "greeting");
    assertThat(owner.get(app.secrets()).is(200).each("key")).containsExactly("GREETING");
    assertThat(owner.get(app.secrets()).is(200).each("value")).containsExactly("first\nsecond");

    phase("changed", "secrets", "update", "GREETING");
    assertThat(phase("", "secrets", "get", "GREETING")).contains("\"value\": \"changed\"");

    phase("", "secrets", "delete", "GREETING");
    assertThat(owner.get(app.secrets()).is(200).json()).isEmpty();
  }

  @Test
  void exportsRunsAndImports() throws Exception {
    owner.post(app.secrets(), body(secret("A", "1"), secret("B", "${A}2"))).is(201);

    assertThat(phase("", "secrets", "export", "--format", "kv")).contains("A=1").contains("B=12");
    // A line of its own, among what the command line itself prints before and after.
    assertThat(phase("", "run", "printenv", "B").lines()).containsOnlyOnce("12");

    Path file = folder.resolve("more.env");
    Files.writeString(file, "C=\"3\"\nD=4\n");
    phase("", "secrets", "import", file.toString());
    assertThat(owner.get(app.secrets()).is(200).each("key")).contains("C", "D");
  }

  private String phase(String input, String... arguments) throws Exception {
    boolean runs = arguments[0].equals("run");
    List<String> command = new ArrayList<>();
    command.add(installation.resolve("venv/bin/phase").toString());
    command.add(arguments[0]);
    List<String> context = List.of("--app", app.name(), "--env", "Development");
    if (runs) {
      command.addAll(context);
    }
    Stream.of(arguments).skip(1).forEach(command::add);
    if (!runs) {
      command.addAll(context);
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PHASE_"));
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("PHASE_HOST", server.uri().toString().replaceAll("/$", ""));
    builder.environment().put("PHASE_SERVICE_TOKEN", organisation.token(account).text());
    return outputOf(builder.redirectErrorStream(true).start(), input);
  }

  private static String outputOf(Process process, String input)
      throws IOException, InterruptedException {
    try (TimeLimit _ = TimeLimit.of(process, PATIENCE_SECONDS)) {
      try (var standardInput = process.getOutputStream()) {
        standardInput.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    }
  }
}
