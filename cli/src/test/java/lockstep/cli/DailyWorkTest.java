package lockstep.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import lockstep.crypto.Token;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody works with secrets, with commands alone, against one server. */
@Tag("slow")
@SuppressWarnings("NullAway.Init") // set before all tests
final class DailyWorkTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ODD = "canary-odd 'é' \"日本\" $HOME `id` \\n 🔑\nsecond line # \n";

  @TempDir private static Path folder;

  /** Values that came up; neither the log nor a file may show one. */
  private static final List<String> VALUES = new CopyOnWriteArrayList<>();

  private static CommandProcess server;
  private static String token;
  private static URI address;
  private static Map<String, String> variables;

  @BeforeAll
  static void startServer() throws Exception {
    Path data = folder.resolve("data");
    token = FirstStart.copyTo(data).path("token").stringValue();
    server = CommandProcess.startAgainLoggingAll(data);
    address = server.address();
    variables =
        Map.of(
            "LOCKSTEP_ADDRESS",
            address.toString(),
            "LOCKSTEP_TOKEN",
            token,
            "LOCKSTEP_APP",
            "example-app",
            "LOCKSTEP_ENV",
            "development",
            "XDG_CONFIG_HOME",
            folder.resolve("config").toString(),
            "XDG_CACHE_HOME",
            folder.resolve("cache").toString());
  }

  /** What was logged and what lies on disk is read here, after all tests. */
  @AfterAll
  static void nothingSecretIsLeftBehind() throws IOException {
    server.terminate();
    String log = server.output() + server.errors();
    server.close();
    assertThat(VALUES).hasSizeGreaterThan(3);
    assertThat(log).as("the log").doesNotContain(VALUES);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, ISO_8859_1);
        assertThat(VALUES)
            .as("%s", file)
            .noneMatch(value -> content.contains(new String(value.getBytes(UTF_8), ISO_8859_1)));
      }
    }
  }

  private static CommandProcess start(
      Map<String, String> more, List<String> input, String... arguments) {
    return CommandProcess.run(environment(more), List.of(arguments), input);
  }

  private static String run(List<String> input, String... arguments) {
    try (CommandProcess process = start(Map.of(), input, arguments)) {
      String output = process.output();
      assertThat(process.exitCode()).as("%s", process.errors()).isZero();
      assertThat(process.visibleCommandLine()).doesNotContain(token);
      assertThat(VALUES).noneMatch(process.visibleCommandLine()::contains);
      return output;
    }
  }

  private static String value(String value) {
    VALUES.add(value.strip().lines().findFirst().orElseThrow());
    return value;
  }

  @Test
  void aSecretIsSetListedPrintedAndDeleted() {
    assertThat(run(List.of(value(ODD)), "secrets", "set", "odd", "--comment", "c", "--tag", "x,y"))
        .isEqualTo("Created ODD");
    // The line that ends the input is none of the value.
    assertThat(run(List.of(), "secrets", "get", "ODD")).isEqualTo(ODD);
    assertThat(run(List.of(), "secrets", "list", "--tags", "y"))
        .contains("ODD", "********", "x,y")
        .doesNotContain("canary", "DB_HOST");
    JsonNode shown = JSON.readTree(run(List.of(), "secrets", "list", "--show", "--json"));
    assertThat(shown.path("data").findValuesAsString("value"))
        .contains(ODD, "postgresql://app:correct-horse-battery-staple@localhost:5432/app");
    assertThat(run(List.of(), "secrets", "set", "ODD", "--random", "40")).isEqualTo("Changed ODD");
    assertThat(value(run(List.of(), "secrets", "get", "odd"))).matches("[A-Za-z0-9]{40}");

    try (CommandProcess refused = start(Map.of(), List.of(), "secrets", "delete", "odd", "none")) {
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.errors()).contains("no secret none");
    }
    assertThat(run(List.of(), "secrets", "delete", "odd")).isEqualTo("Deleted ODD");
  }

  @Test
  void aFileIsImportedAsAWholeOrNotAtAllAndExportedAsItWas() {
    String file =
        "export A='%s'\nB=\"1\\n2\" # b\nC=${imported/A}".formatted(value("canary-imported"));
    List<String> lines = file.lines().toList();
    String[] imports = {"secrets", "import", "-", "--format", "dotenv", "--path", "imported"};
    assertThat(run(lines, imports)).isEqualTo("3 created");
    assertThat(run(lines, imports)).isEqualTo("3 unchanged");

    try (CommandProcess refused = start(Map.of(), List.of("A=other", "D=4"), imports)) {
      assertThat(refused.exitCode()).isEqualTo(1);
      assertThat(refused.errors()).contains("nothing was done", "A").doesNotContain("canary");
    }
    assertThat(run(List.of(), "secrets", "export", "--path", "/imported", "--format", "json"))
        .isEqualToIgnoringWhitespace(
            "{\"A\":\"canary-imported\",\"B\":\"1\\n2\",\"C\":\"canary-imported\"}");
    assertThat(run(List.of(), "secrets", "export", "--path", "/imported", "--raw", "C", "B"))
        .isEqualTo("C='${imported/A}'\nB='1\n2'");
  }

  /** In the locale of an empty environment, in which the JVM itself has ASCII alone. */
  @Test
  void aProgramGetsTheBytesAndItsExitCodeIsThatOfTheCommand() {
    run(List.of(value(ODD)), "secrets", "set", "BYTES", "--path", "/run");
    try (CommandProcess process =
        start(
            Map.of("BYTES", "another", "KEPT", "kept"),
            List.of(),
            "run",
            "--path",
            "/run",
            "--",
            "/bin/sh",
            "-c",
            "printf '%s:%s:%s\\n' \"$KEPT\" \"$BYTES\" \"$0\"; ls /dev/fd; exit 42",
            "--path")) {
      List<String> output = process.output().lines().toList();
      assertThat(String.join("\n", output)).startsWith("kept:" + ODD + ":--path");
      // The last one is that of the program itself, which reads the folder.
      assertThat(output).endsWith("0", "1", "2", "3");
      assertThat(process.exitCode()).isEqualTo(42);
    }
    try (CommandProcess missing = start(Map.of(), List.of(), "run", "--", "no-such-program")) {
      assertThat(missing.exitCode()).isEqualTo(127);
    }
  }

  @Test
  void aProgramGetsTheSignalsOfTheCommand() {
    // The shell waits in a way that a signal ends.
    String script = "trap 'echo got it; exit 7' TERM; echo ready; sleep 60 >/dev/null 2>&1 & wait";
    try (CommandProcess process =
        start(Map.of("PATH", "/usr/bin:/bin"), List.of(), "run", "--", "sh", "-c", script)) {
      process.awaitLine(Pattern.compile("ready"));
      process.terminate();
      assertThat(process.output()).endsWith("got it");
      assertThat(process.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void aProgramIsRunAnewWhenSecretsHaveChanged() {
    run(List.of("first"), "secrets", "set", "WATCHED", "--path", "/watched");
    String script =
        "trap 'echo ended $WATCHED; exit 9' TERM; echo began $WATCHED; sleep 60 >/dev/null 2>&1 &"
            + " wait";
    try (CommandProcess process =
        start(
            Map.of("PATH", "/usr/bin:/bin"),
            List.of(),
            "run",
            "--watch=1",
            "--path",
            "/watched",
            "--",
            "sh",
            "-c",
            script)) {
      process.awaitLine(Pattern.compile("began first"));
      run(List.of("second"), "secrets", "set", "WATCHED", "--path", "/watched");
      process.awaitLine(Pattern.compile("ended first"));
      process.awaitLine(Pattern.compile("began second"));
      process.terminate();
      process.awaitLine(Pattern.compile("ended second"));
      assertThat(process.exitCode()).isEqualTo(9);
    }
  }

  @Test
  void signalsOfAllKindsReachAWatchedProgram() {
    String script =
        "trap 'echo got usr1' USR1; trap 'echo got usr2' USR2;"
            + " trap 'exit 9' TERM; echo ready; while :; do sleep 60 >/dev/null 2>&1 & wait; done";
    try (CommandProcess process =
        start(
            Map.of("PATH", "/usr/bin:/bin"),
            List.of(),
            "run",
            "--watch=60",
            "--path",
            "/none",
            "--",
            "sh",
            "-c",
            script)) {
      process.awaitLine(Pattern.compile("ready"));
      for (String signal : List.of("USR1", "USR2")) {
        process.signal(signal);
        process.awaitLine(Pattern.compile("got " + signal.toLowerCase(Locale.ROOT)));
      }
      process.signal("TERM");
      assertThat(process.exitCode()).as("%s", process.errors()).isEqualTo(9);
    }
  }

  /** In the locale C, with bytes that are UTF-8 and bytes that are not. */
  @ParameterizedTest
  @ValueSource(strings = {"", "--watch=60"})
  void argumentsAndWhatIsOpenReachTheProgramAsTheyAre(String watch) {
    run(List.of(value(ODD)), "secrets", "set", "BYTES", "--path", "/run");
    try (CommandProcess process =
        CommandProcess.script(
            environment(Map.of("LC_ALL", "C", "PATH", "/usr/bin:/bin")),
            "\"$@\" run "
                + watch
                + " --path /run -- sh -c 'printf %s \"$1\" | od -An -tx1; cat <&7; echo; printf"
                + " %s \"$BYTES\"; ls /dev/fd | tr \"\\n\" \" \"' x"
                + " \"$(printf '\\303\\274\\377')\" 7</etc/hostname")) {
      assertThat(process.output())
          .as("%s", process.errors())
          .startsWith(" c3 bc ff\n")
          .contains(ODD)
          .endsWith("0 1 2 3 7 ");
      assertThat(process.exitCode()).isZero();
    }
  }

  @Test
  void valuesOnTheCommandLineAreWhatWasTypedInTheLocaleCToo() {
    try (CommandProcess process =
        CommandProcess.script(
            environment(Map.of("LC_ALL", "C", "PATH", "/usr/bin:/bin")),
            "\"$@\" secrets set TYPED=$(printf '\\303\\274')")) {
      assertThat(process.exitCode()).as("%s", process.errors()).isZero();
    }
    assertThat(run(List.of(), "secrets", "get", "TYPED")).isEqualTo("ü");
  }

  @ParameterizedTest
  @CsvSource({"no-such-program, 127", "plain, 126"})
  void whatCannotBeStartedHasTheExitCodesOfShellsWhenWatchedToo(String name, int code)
      throws IOException {
    Path plain = folder.resolve("plain");
    Files.writeString(plain, "text");
    String program = name.equals("plain") ? plain.toString() : name;
    for (String watch : List.of("--watch=60", "--raw")) {
      try (CommandProcess process =
          start(Map.of(), List.of(), "run", watch, "--path", "/none", "--", program)) {
        assertThat(process.exitCode()).as("%s", process.errors()).isEqualTo(code);
      }
    }
  }

  @Test
  void whatCannotWorkTogetherIsRefused() {
    try (CommandProcess process =
        start(Map.of(), List.of(), "run", "--watch", "--offline-cache", "always", "--", "true")) {
      assertThat(process.exitCode()).isEqualTo(2);
      assertThat(process.errors()).contains("no change is ever seen");
    }
    try (CommandProcess process =
        start(Map.of(), List.of(), "secrets", "set", "DB_HOST", "--override", "--keep-value")) {
      assertThat(process.exitCode()).isEqualTo(2);
      assertThat(process.errors()).contains("--override sets a value of your own");
    }
  }

  @Test
  void aByteOrderMarkIsNoPartOfTheFirstName() throws IOException {
    Path file = Files.writeString(folder.resolve("mark.properties"), "\uFEFFmarked=1\n");

    run(List.of(), "secrets", "import", file.toString(), "--path", "/mark");

    assertThat(run(List.of(), "secrets", "get", "MARKED", "--path", "/mark")).isEqualTo("1");
  }

  /** The server has no key; a service account reads once somebody gave it one. */
  @Test
  void theServerOpensAnEndToEndAppOnlyWhenItIsGivenTheKeys() throws Exception {
    run(List.of(), "apps", "create", "vault", "--end-to-end", "--environments", "dev,prod");
    String[] there = {"--app", "vault", "--env", "prod"};
    run(List.of(value("canary-vault")), with(there, "secrets", "set", "KEY"));
    JsonNode bot =
        JSON.readTree(
            run(List.of(), "service-accounts", "create", "bot", "--role", "Service", "--json"));
    Map<String, String> asBot =
        Map.of("LOCKSTEP_TOKEN", bot.at("/initialToken/token").stringValue());
    String[] get = with(there, "secrets", "get", "KEY");
    try (CommandProcess early = start(asBot, List.of(), get)) {
      assertThat(early.exitCode()).isEqualTo(1);
    }

    assertThat(run(List.of(), "apps", "grant", "vault", "prod", "--service-account", "bot"))
        .contains("bot has the keys of vault/prod");
    try (CommandProcess granted = start(asBot, List.of(), get)) {
      assertThat(granted.output()).as("%s", granted.errors()).isEqualTo("canary-vault");
    }
    run(List.of(), "environments", "create", "more", "--app", "vault");
    Http http = new Http(address, Token.parse(token).bearerHeaderValue());
    String app = JSON.readTree(http.get("/v1/apps/").body()).at("/data/0/id").stringValue();
    String path = "/v1/secrets/?app_id=" + app + "&env=prod";
    assertThat(http.get(path).statusCode()).isEqualTo(400);
    run(List.of(), "apps", "encryption", "vault", "server");
    assertThat(http.get(path).body()).contains("canary-vault");
    run(List.of(), "environments", "rotate-keys", "prod", "--app", "vault");
    assertThat(run(List.of(), "apps", "encryption", "vault", "end-to-end"))
        .startsWith("end-to-end");
    assertThat(http.get(path).statusCode()).isEqualTo(400);
    run(List.of(), "service-accounts", "create", "late", "--role", "Service");
    assertThat(run(List.of(), "apps", "grant", "vault", "prod", "--service-account", "late"))
        .contains("late has the keys of vault/prod");
    run(List.of(), "environments", "delete", "dev", "--app", "vault");
    run(List.of(), "apps", "delete", "vault");
  }

  private static String[] with(String[] more, String... first) {
    return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
  }

  /** In apps that the server can open and in those that it cannot. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void secretsAndEnvironmentsGoBackToWhatTheyWere(boolean isEndToEnd) throws Exception {
    String name = isEndToEnd ? "past-end-to-end" : "past";
    run(
        List.of(),
        isEndToEnd
            ? with(new String[] {"--end-to-end"}, "apps", "create", name)
            : new String[] {"apps", "create", name});
    String[] there = {"--app", name, "--env", "Production"};
    String first = value("canary-first-" + name);
    String second = value("canary-second-" + name);
    run(List.of(first), with(there, "secrets", "set", "KEY"));
    JsonNode created =
        JSON.readTree(run(List.of(), with(there, "secrets", "history", "KEY", "--json")));
    String before = created.at("/data/0/createdAt").stringValue();
    assertThat(created.at("/data/0/plaintext/key").stringValue()).isEqualTo("KEY");
    assertThat(created.at("/data/0/plaintext/value").isNull()).isTrue();
    run(List.of(second), with(there, "secrets", "set", "KEY"));
    run(List.of(value("canary-other-" + name)), with(there, "secrets", "set", "OTHER"));

    String hidden = run(List.of(), with(there, "secrets", "history", "KEY"));
    assertThat(hidden).contains("********", "update", "create").doesNotContain(first, second);
    assertThat(run(List.of(), with(there, "secrets", "history", "KEY", "--show", "--limit", "1")))
        .contains(second)
        .doesNotContain(first);
    assertThat(run(List.of(), with(there, "environments", "history", "--at", before)))
        .contains("KEY", "********")
        .doesNotContain("OTHER", first);
    assertThat(run(List.of(), with(there, "environments", "history", "--at", before, "--show")))
        .contains(first);
    assertThat(run(List.of(), with(there, "environments", "diff", "--from", before)))
        .contains("changed", "added", "OTHER", "********")
        .doesNotContain(first, second);
    assertThat(run(List.of(), with(there, "environments", "diff", "--from", before, "--show")))
        .contains(first, second);

    assertThat(run(List.of(), with(there, "secrets", "restore", "KEY", "--version-number", "1")))
        .isEqualTo("Restored version 1 as version 3");
    assertThat(run(List.of(), with(there, "secrets", "get", "KEY"))).isEqualTo(first);
    run(List.of(second), with(there, "secrets", "set", "KEY"));

    assertThat(run(List.of(), with(there, "environments", "rollback", "--to", before)))
        .isEqualTo("0 restored, 1 changed, 1 deleted");
    assertThat(run(List.of(), with(there, "secrets", "get", "KEY"))).isEqualTo(first);
    try (CommandProcess process =
        start(Map.of(), List.of(), with(there, "secrets", "get", "OTHER"))) {
      assertThat(process.exitCode()).isEqualTo(1);
    }
    run(List.of(), "apps", "delete", name);
  }

  @Test
  void anEnvironmentGetsOtherKeysAndNobodyNotices() throws Exception {
    run(List.of(), "apps", "create", "rotating");
    String[] there = {"--app", "rotating", "--env", "Production"};
    String secret = value("canary-rotated");
    run(List.of(secret), with(there, "secrets", "set", "KEY"));
    String[] rotation = {"environments", "rotate-keys", "production", "--app", "rotating"};

    JsonNode answer = JSON.readTree(run(List.of(), with(new String[] {"--json"}, rotation)));
    assertThat(answer.get("secrets").intValue()).isOne();
    assertThat(run(List.of(), rotation))
        .contains("identityKey", "accounts")
        .doesNotContain(answer.get("identityKey").stringValue());
    assertThat(run(List.of(), with(there, "secrets", "get", "KEY"))).isEqualTo(secret);
    run(List.of(value("canary-later")), with(there, "secrets", "set", "LATER"));
  }

  /** What the server does otherwise, the command does where the server cannot. */
  @Test
  void anEndToEndEnvironmentGetsOtherKeysAndNobodyNotices() throws Exception {
    run(List.of(), "apps", "create", "rotating-vault", "--end-to-end");
    run(List.of(), "service-accounts", "create", "rotated-1", "--role", "Service");
    String[] grant = {"apps", "grant", "rotating-vault", "Production"};
    run(List.of(), with(new String[] {"--service-account", "rotated-1"}, grant));
    String[] there = {"--app", "rotating-vault", "--env", "Production"};
    String first = value("canary-first");
    String second = value("canary-second");
    run(List.of(first), with(there, "secrets", "set", "KEY"));
    run(List.of(second), with(there, "secrets", "set", "KEY"));
    run(List.of(first), with(there, "secrets", "set", "GONE", "--path", "/folder"));
    run(List.of(), with(there, "secrets", "delete", "GONE", "--path", "/folder"));
    String[] rotation = {"environments", "rotate-keys", "production", "--app", "rotating-vault"};

    JsonNode answer = JSON.readTree(run(List.of(), with(new String[] {"--json"}, rotation)));

    assertThat(answer.get("secrets").intValue()).isEqualTo(2);
    assertThat(answer.get("versions").intValue()).isEqualTo(4);
    assertThat(answer.get("accounts").intValue()).isEqualTo(2);
    assertThat(answer.get("unreadable").intValue()).isZero();
    assertThat(run(List.of(), rotation))
        .contains("identityKey", "accounts")
        .doesNotContain(answer.get("identityKey").stringValue());
    assertThat(run(List.of(), with(there, "secrets", "get", "KEY"))).isEqualTo(second);
    run(List.of(), with(there, "secrets", "restore", "KEY", "--version-number", "1"));
    assertThat(run(List.of(), with(there, "secrets", "get", "KEY"))).isEqualTo(first);
    run(List.of(value("canary-later")), with(there, "secrets", "set", "LATER"));
    // Who gives the keys on gives the new ones.
    run(List.of(), "service-accounts", "create", "rotated-2", "--role", "Service");
    run(List.of(), with(new String[] {"--service-account", "rotated-2"}, grant));
    run(List.of(), "apps", "delete", "rotating-vault");
  }

  /** The last request is all that a lost answer would leave in doubt. */
  @Test
  void otherKeysAreAskedForUntilItIsKnownWhatBecameOfThem() throws Exception {
    run(List.of(), "apps", "create", "lost-vault", "--end-to-end");
    String[] there = {"--app", "lost-vault", "--env", "Production"};
    String secret = value("canary-lost-answer");
    run(List.of(secret), with(there, "secrets", "set", "KEY"));
    String[] rotation = {"environments", "rotate-keys", "production", "--app", "lost-vault"};

    try (LosingProxy proxy = new LosingProxy(address, "POST", ".*/rotations/[^/]+/")) {
      Map<String, String> through = Map.of("LOCKSTEP_ADDRESS", proxy.address().toString());
      for (List<LosingProxy.Fate> fates :
          List.of(
              List.of(LosingProxy.Fate.THROTTLED, LosingProxy.Fate.DONE_BUT_UNAVAILABLE),
              List.of(LosingProxy.Fate.UNAVAILABLE),
              List.of(LosingProxy.Fate.DONE_BUT_LOST))) {
        proxy.next(fates);
        try (CommandProcess process =
            start(through, List.of(), with(new String[] {"--json"}, rotation))) {
          String output = process.output();
          assertThat(process.exitCode()).as("%s: %s", fates, process.errors()).isZero();
          assertThat(JSON.readTree(output).get("identityKey").stringValue()).hasSize(64);
        }
        assertThat(proxy.left()).as("%s", fates).isZero();
        assertThat(run(List.of(), with(there, "secrets", "get", "KEY"))).isEqualTo(secret);
      }
    }
    run(List.of(), "apps", "delete", "lost-vault");
  }

  @Test
  void whoComesFromPhaseNeedsNothingNew() throws Exception {
    Path project = Files.createDirectories(folder.resolve("project"));
    Files.writeString(
        project.resolve(".phase.json"),
        """
        {"version":"2","phaseApp":"Example-App","appId":"00000000-0000-4000-8000-000000000000",
         "defaultEnv":"Development","envId":"00000000-0000-4000-8000-000000000001"}
        """);
    Map<String, String> phase =
        Map.of(
            "LOCKSTEP_ADDRESS", "",
            "LOCKSTEP_TOKEN", "",
            "LOCKSTEP_APP", "",
            "LOCKSTEP_ENV", "",
            "PHASE_HOST", address.toString(),
            "PHASE_SERVICE_TOKEN", token);
    try (CommandProcess process =
        CommandProcess.in(project, environment(phase), "secrets", "get", "DB_HOST")) {
      assertThat(process.output()).as("%s", process.errors()).isEqualTo("localhost");
    }
  }

  private static Map<String, String> environment(Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(variables);
    environment.putAll(more);
    environment.values().removeIf(String::isEmpty);
    return environment;
  }

  @Test
  void theBearerFormOfATokenOpensNoSecrets() {
    String bearer = token.split(":", -1)[2];
    try (CommandProcess process =
        start(Map.of("LOCKSTEP_TOKEN", "User " + bearer), List.of(), "secrets", "list")) {
      assertThat(process.exitCode()).isEqualTo(1);
      assertThat(process.errors()).contains("the whole token is needed").doesNotContain(bearer);
    }
  }
}
