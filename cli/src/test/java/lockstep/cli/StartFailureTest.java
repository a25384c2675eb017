package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before the tests
final class StartFailureTest {

  @TempDir private Path folder;

  @Test
  void aBootstrapFileThatCannotBeWrittenStopsTheStartBeforeAnythingIsMade() {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String file = folder.resolve("missing").resolve("bootstrap.json").toString();

    int exitCode =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                "start",
                "--port=0",
                "--data-dir=" + folder.resolve("data"),
                "--bootstrap-file=" + file);

    assertThat(exitCode).isEqualTo(1);
    assertThat(err.toString()).contains(file).contains("nothing was made");
    assertThat(out.toString()).isEmpty();
  }
}
