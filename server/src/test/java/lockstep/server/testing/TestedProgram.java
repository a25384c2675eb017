package lockstep.server.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What tests run as processes of their own: the classes of this build, or what the launcher made of
 * them if the system property {@code lockstep.test.build} is {@code current}. The cache of that
 * saves a process most of its start.
 */
public final class TestedProgram {

  /** Its main class, by name: with {@code current}, tests need not have it themselves. */
  public static final String MAIN = "lockstep.cli.Main";

  /** Options of {@code java} for what makes keys from passwords, which they save a quarter. */
  public static final List<String> FOR_KEYS =
      List.of(
          "-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UseTransparentHugePages", "-Xlog:pagesize=off");

  private TestedProgram() {}

  /**
   * The options that name the program to {@code java}. The main class follows them.
   *
   * @param firstArgument by which the cache is chosen: that of servers, or that of commands, which
   *     has what all of them need
   */
  public static List<String> options(String firstArgument) {
    return switch (System.getProperty("lockstep.test.build", "")) {
      case "" -> List.of("-cp", System.getProperty("java.class.path"));
      case "current" ->
          builtByLauncher(current(), firstArgument.equals("start") ? "server.aot" : "commands.aot");
      default -> throw new IllegalStateException("lockstep.test.build can only be current");
    };
  }

  /** What {@code ./lockstep} has built last. Each module has its tests run in its own folder. */
  private static Path current() {
    Path target = Path.of("").toAbsolutePath().resolveSibling("cli").resolve("target");
    try {
      return target.resolve(Files.readString(target.resolve("current")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("run ./lockstep --version first", e);
    }
  }

  private static List<String> builtByLauncher(Path build, String name) {
    // The JDK would do without a cache that is missing, and nobody would notice.
    Path cache = build.resolve(name);
    if (!Files.isReadable(cache)) {
      throw new IllegalStateException("there is no " + cache);
    }
    try (Stream<Path> files = Files.list(build.resolve("lib"))) {
      // A cache fits one class path, and the launcher's is sorted.
      String jars =
          files
              .map(Path::toString)
              .filter(file -> file.endsWith(".jar"))
              .sorted()
              .collect(Collectors.joining(":"));
      return List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off", "-cp", jars);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
