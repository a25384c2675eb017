package lockstep.server.fuzzing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs Jazzer, which varies inputs and keeps those that reach new code, in a process of its own: it
 * changes the classes that it watches. The system property {@code lockstep.fuzz.seconds} says for
 * how long.
 */
public final class CoverageFuzzing {

  private static final int USUAL_SECONDS = 5;
  private static final int LONGEST_START_SECONDS = 180;

  /** Its checks of calls take what the target itself connects to and asks for attacks. */
  private static final String DISABLED_HOOKS =
      Stream.of(
              "BigDecimal",
              "ClojureLangHooks",
              "Deserialization",
              "ExpressionLanguageInjection",
              "FilePathTraversal",
              "LdapInjection",
              "NamingContextLookup",
              "OsCommandInjection",
              "ReflectiveCall",
              "RegexInjection",
              "RegexRoadblocks",
              "ScriptEngineInjection",
              "ServerSideRequestForgery",
              "SqlInjection",
              "TemplateInjection",
              "UnsafeSanitizer",
              "XPathInjection",
              "XmlParserSsrfGuidance",
              "utils")
          .map(name -> "com.code_intelligence.jazzer.sanitizers." + name)
          .collect(Collectors.joining(":"));

  private CoverageFuzzing() {}

  /** The inputs that are kept in the repository for a target, in the module that is tested. */
  public static List<byte[]> corpus(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder(name))) {
      List<byte[]> inputs = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        inputs.add(Files.readAllBytes(file));
      }
      assertThat(inputs).isNotEmpty();
      return inputs;
    }
  }

  private static Path folder(String name) {
    return Path.of("src", "fuzz", "corpus", name).toAbsolutePath();
  }

  /**
   * Fails if an input makes this class throw, and shows the input.
   *
   * @param watched the classes whose coverage counts, in patterns of Jazzer
   * @param corpus name of the inputs to begin with
   * @param scratch an empty folder
   */
  public static void run(Class<?> target, String watched, String corpus, Path scratch)
      throws IOException, InterruptedException {
    int seconds = Integer.getInteger("lockstep.fuzz.seconds", USUAL_SECONDS);
    Path found = Files.createDirectory(scratch.resolve("found"));
    Path log = scratch.resolve("log");
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                // Less than the 15 seconds after which the server of EdgeTarget hangs up.
                "-Djdk.httpclient.keepalive.timeout=5",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=" + watched,
                "--custom_hook_excludes=**",
                "--disabled_hooks=" + DISABLED_HOOKS,
                "--reproducer_path=" + scratch,
                "-artifact_prefix=" + scratch + "/",
                "-max_total_time=" + seconds,
                "-rss_limit_mb=0",
                "-timeout=120",
                found.toString(),
                folder(corpus).toString())
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = jazzer.waitFor(seconds + LONGEST_START_SECONDS, TimeUnit.SECONDS);
      String output = Files.readString(log, StandardCharsets.ISO_8859_1);
      assertThat(ended).as("ended; %s", output).isTrue();
      assertThat(jazzer.exitValue()).as(output).isZero();
      output.lines().filter(line -> line.startsWith("Done ")).forEach(System.out::println);
      output.lines().filter(line -> line.contains("DONE")).forEach(System.out::println);
    } finally {
      jazzer.destroyForcibly();
    }
  }
}
