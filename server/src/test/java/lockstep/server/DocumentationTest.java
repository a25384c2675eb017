package lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say about the tests. */
final class DocumentationTest {

  private static final Path REPOSITORY = Path.of("..");
  private static final Pattern NAMED_TEST = Pattern.compile("(?<=`)\\w+Test(?=`)");

  @Test
  void everyTestThatIsSaidToKeepAPromiseExists() throws IOException {
    String threatModel = Files.readString(REPOSITORY.resolve("docs/security.md"));
    Set<String> named =
        NAMED_TEST
            .matcher(threatModel)
            .results()
            .map(match -> match.group())
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(named).contains("DocumentationTest");
    named.removeAll(tests());
    assertThat(named).isEmpty();
  }

  private static Set<String> tests() throws IOException {
    Set<String> tests = new TreeSet<>();
    for (Path folder : sources()) {
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> tests.add(name.replace(".java", "")));
      }
    }
    return tests;
  }

  /** Not the folders beside them, where other processes of a build make and delete files. */
  private static List<Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(REPOSITORY)) {
      return modules
          .flatMap(module -> Stream.of("src/test", "src/fuzz").map(module::resolve))
          .filter(Files::isDirectory)
          .toList();
    }
  }
}
