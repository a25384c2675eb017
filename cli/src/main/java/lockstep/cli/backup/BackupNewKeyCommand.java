package lockstep.cli.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lockstep backup new-key}. */
@Command(
    name = "new-key",
    mixinStandardHelpOptions = true,
    description = {
      "Make a key that backups can be encrypted to.",
      "",
      "Writes its private half to a file, which belongs where nobody who reads backups gets",
      "to, and prints its public half, the recipient of backups.",
      ""
    })
final class BackupNewKeyCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The file to write, which must not exist.")
  private @Nullable Path file;

  @Override
  public Integer call() throws IOException {
    String recipient = BackupKey.create(Objects.requireNonNull(file));
    Objects.requireNonNull(spec).commandLine().getOut().println(recipient);
    return 0;
  }
}
