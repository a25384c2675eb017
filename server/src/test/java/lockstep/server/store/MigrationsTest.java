package lockstep.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  @Test
  void theNewestVersionIsThatOfTheNewestFileAndNoneIsLeftOut() throws Exception {
    Path folder =
        Path.of(Objects.requireNonNull(Migrations.class.getResource("migrations")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      List<Integer> versions =
          files
              .map(file -> file.getFileName().toString())
              .map(name -> name.replaceFirst("^V([0-9]+)__[a-z0-9_]+\\.sql$", "$1"))
              .map(Integer::valueOf)
              .sorted()
              .toList();
      assertThat(versions).isEqualTo(IntStream.rangeClosed(1, Migrations.NEWEST).boxed().toList());
    }
  }
}
