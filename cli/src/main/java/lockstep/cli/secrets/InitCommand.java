package lockstep.cli.secrets;

import java.nio.file.Path;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import picocli.CommandLine.Command;

/** {@code lockstep init}. */
@Command(
    name = "init",
    description = {
      "Remember app and environment for this folder and those below.",
      "",
      "Writes " + Project.FILE + ", which holds no secret and can be shared with the sources.",
      ""
    })
public final class InitCommand extends ClientCommand {

  @Override
  protected int run(LockstepClient client) {
    Environment environment = environment(client);
    boolean isUnique =
        client.apps().stream()
                .filter(app -> app.name().equalsIgnoreCase(environment.app().name()))
                .count()
            == 1;
    Path file =
        Project.write(
            Path.of("").toAbsolutePath(),
            isUnique ? environment.app().name() : environment.app().id(),
            environment.info().name());
    say("Wrote %s: %s, %s".formatted(file, environment.app().name(), environment.info().name()));
    return 0;
  }
}
