package lockstep.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before the tests
final class OwnerOnlyFileTest {

  @TempDir private Path folder;

  @Test
  void anOlderFileIsReplacedByOneThatOnlyItsOwnerCanRead() throws IOException {
    Path path = Files.writeString(folder.resolve("secrets.json"), "older and longer");

    try (OwnerOnlyFile file = OwnerOnlyFile.open(path)) {
      file.publish(new byte[] {'n', 'e', 'w'});
    }

    assertThat(path).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryContaining(path::equals);
    assertThat(folder.toFile().list()).hasSize(1);
  }

  @Test
  void whatCannotBeWrittenIsRefusedBeforeThereIsContent() {
    assertThatThrownBy(() -> OwnerOnlyFile.open(folder)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> OwnerOnlyFile.open(folder.resolve("missing").resolve("file")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("missing");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aDraftThatCannotGetItsNameIsRemoved() throws IOException {
    Path path = folder.resolve("secrets.json");

    assertThatThrownBy(
            () -> {
              try (OwnerOnlyFile file = OwnerOnlyFile.open(path)) {
                Files.createDirectory(path);
                file.publish(new byte[] {1});
              }
            })
        .isInstanceOf(IOException.class);

    assertThat(folder.toFile().list()).containsExactly("secrets.json");
  }
}
