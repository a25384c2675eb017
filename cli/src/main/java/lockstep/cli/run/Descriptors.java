package lockstep.cli.run;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this process has open. A program gets what this process was given, such as the sockets of a
 * socket activation or the pipe of a process substitution, and nothing that the JVM opened.
 */
public final class Descriptors {

  private static final int STANDARD_STREAMS = 3;

  /** On Linux and macOS: the numbers of what this process has open. */
  private static final File NUMBERS = new File("/dev/fd");

  /** On Linux: links to what it is. */
  private static final Path LINKS = Path.of("/proc/self/fd");

  private static volatile Set<Integer> inherited = Set.of();

  private Descriptors() {}

  /**
   * Takes note of what this process was given. Belongs before anything that opens files: by now the
   * JVM has opened only files of the JDK and of the class path.
   */
  public static void rememberInherited() {
    Set<Integer> found = new HashSet<>();
    if (areKnown()) {
      Set<String> classPath = classPath();
      for (int number : beyondStandardStreams()) {
        if (isInherited(number, classPath)) {
          found.add(number);
        }
      }
    }
    inherited = Set.copyOf(found);
  }

  private static boolean isInherited(int number, Set<String> classPath) {
    try {
      String target = Files.readSymbolicLink(LINKS.resolve(Integer.toString(number))).toString();
      return !target.startsWith(System.getProperty("java.home") + "/")
          && !classPath.contains(target)
          && !target.endsWith(".aot")
          && !target.matches("/dev/u?random");
    } catch (IOException e) {
      // Closed by now, or a system that does not tell.
      return false;
    }
  }

  private static Set<String> classPath() {
    return Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
        .filter(entry -> !entry.isEmpty())
        .flatMap(entry -> Stream.of(Path.of(entry).toAbsolutePath(), real(entry)))
        .map(Path::toString)
        .collect(Collectors.toSet());
  }

  private static Path real(String entry) {
    try {
      return Path.of(entry).toRealPath();
    } catch (IOException e) {
      return Path.of(entry);
    }
  }

  /** Whether this machine tells what is open. */
  static boolean areKnown() {
    return NUMBERS.list() != null;
  }

  /** What must not be open in a program. Some of it may be closed by now. */
  static Set<Integer> own() {
    Set<Integer> own = beyondStandardStreams();
    own.removeAll(inherited);
    return own;
  }

  private static Set<Integer> beyondStandardStreams() {
    return Arrays.stream(Objects.requireNonNull(NUMBERS.list()))
        .map(Integer::valueOf)
        .filter(number -> number >= STANDARD_STREAMS)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
