package lockstep.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A vector that nobody runs proves nothing. */
class VectorCoverageTest {

  @Test
  void everyEntryOfTheVectorFilesIsRunBySomeTest() throws Exception {
    Path classes =
        Path.of(
                VectorCoverageTest.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI())
            .resolve("lockstep/crypto");

    Set<String> run;
    try (Stream<Path> files = Files.list(classes)) {
      run =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> name.endsWith("Test.class"))
              .map(name -> name.substring(0, name.length() - ".class".length()))
              .map(VectorCoverageTest::load)
              .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
              .map(method -> method.getAnnotation(VectorTest.class))
              .filter(Objects::nonNull)
              .map(VectorTest::value)
              .collect(Collectors.toSet());
    }

    assertThat(run).containsExactlyInAnyOrderElementsOf(Vector.entryNames());
  }

  private static Class<?> load(String simpleName) {
    try {
      return Class.forName("lockstep.crypto." + simpleName);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
