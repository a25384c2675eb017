package lockstep.server.organisations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import lockstep.server.Lockstep;
import lockstep.server.config.ServerConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test, because the owner's key ceremony takes a gigabyte and some seconds. */
@SuppressWarnings("NullAway.Init") // set before the test
final class FirstStartTest {

  @TempDir private Path folder;

  @Test
  void aFirstStartThatWasRefusedIsStillDueAndTellsOfTheKeyFileThen() {
    ServerConfiguration configuration =
        ServerConfiguration.read(
            Map.of("LOCKSTEP_PORT", "0", "LOCKSTEP_DATA_DIR", folder.toString()), Map.of());
    Path keyFile = folder.resolve("server.key");

    assertThatThrownBy(
            () ->
                Lockstep.start(
                    configuration,
                    () -> {
                      throw new IllegalStateException("not now");
                    }))
        .hasMessage("not now");
    assertThat(keyFile).exists();

    try (Lockstep first = Lockstep.start(configuration)) {
      assertThat(first.firstOrganisation()).isPresent();
      assertThat(first.generatedKey()).contains(keyFile);
    }
    try (Lockstep second =
        Lockstep.start(
            configuration,
            () -> {
              throw new IllegalStateException("not a first start");
            })) {
      assertThat(second.firstOrganisation()).isEmpty();
      assertThat(second.generatedKey()).isEmpty();
    }
  }
}
