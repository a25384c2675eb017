package lockstep.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class ServerKeyFileTest {

  @TempDir private Path folder;

  @Test
  void theFirstUseMakesAKeyThatItsOwnerAloneCanRead() throws IOException {
    ServerKeyFile file = ServerKeyFile.in(folder.resolve("data"));
    assertThat(file.isNew()).isTrue();
    assertThat(file.path()).isEqualTo(folder.resolve("data").resolve("server.key"));
    assertThat(Files.readString(file.path())).matches("[0-9a-f]{64}\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())))
        .isEqualTo("rw-------");
  }

  @Test
  void laterUsesReadTheSameKeyAndLeaveNothingElse() throws IOException {
    ServerKeyFile first = ServerKeyFile.in(folder);
    ServerKeyFile second = ServerKeyFile.in(folder);
    assertThat(second.isNew()).isFalse();
    assertThat(second.key().publicKey()).isEqualTo(first.key().publicKey());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(first.path());
    }
  }

  @Test
  void twoFoldersHaveTwoKeys() {
    assertThat(ServerKeyFile.in(folder.resolve("a")).key().publicKey())
        .isNotEqualTo(ServerKeyFile.in(folder.resolve("b")).key().publicKey());
  }

  @Test
  void atOnceOneIsMadeAndAllReadIt() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ServerKeyFile>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(callers.submit(() -> ServerKeyFile.in(folder)));
      }
      int made = 0;
      for (Future<ServerKeyFile> one : all) {
        made += one.get().isNew() ? 1 : 0;
        assertThat(one.get().key().publicKey()).isEqualTo(all.getFirst().get().key().publicKey());
      }
      assertThat(made).isEqualTo(1);
    }
  }

  @Test
  void aDamagedFileIsRefusedByNameAndNotReplaced() throws IOException {
    Path path = Files.writeString(folder.resolve("server.key"), "damaged content");
    assertThatThrownBy(() -> ServerKeyFile.in(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(path.toString())
        .hasMessageNotContaining("damaged content");
    assertThat(Files.readString(path)).isEqualTo("damaged content");
  }

  @Test
  void anUnreadableFileIsRefusedByName() throws IOException {
    Path path = Files.createDirectory(folder.resolve("server.key"));
    assertThatThrownBy(() -> ServerKeyFile.in(folder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void itsTextShowsNoKey() throws IOException {
    ServerKeyFile file = ServerKeyFile.in(folder);
    assertThat(file.toString()).doesNotContain(Files.readString(file.path()).strip());
  }
}
