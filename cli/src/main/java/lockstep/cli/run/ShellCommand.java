package lockstep.cli.run;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code lockstep shell}. */
@Command(
    name = "shell",
    description = {
      "Start your shell with the secrets of a folder as environment variables.",
      "",
      "The shell is that of SHELL, or /bin/sh. Leave it with 'exit'.",
      ""
    })
public final class ShellCommand extends Launch {

  @Override
  public int takeOthers(List<String> all) {
    return all.isEmpty() ? 0 : -1;
  }

  @Override
  List<String> command() {
    return List.of(
        Optional.ofNullable(System.getenv("SHELL"))
            .filter(shell -> !shell.isEmpty())
            .orElse("/bin/sh"));
  }
}
