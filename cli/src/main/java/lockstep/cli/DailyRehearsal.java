package lockstep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lockstep.cli.run.Launch;
import lockstep.cli.secrets.ClientCommand;

/**
 * Goes through the {@linkplain DailyCommands daily commands} with the server and token at hand, so
 * that the JDK can record what they need: that alone, as it loads all that it recorded whenever one
 * of them starts, and without the classes of the server, which they run without.
 */
final class DailyRehearsal {

  private static final List<String> WORK =
      List.of("secrets get DATABASE_URL", "secrets list", "secrets list --show");

  private DailyRehearsal() {}

  public static void main(String[] arguments) throws Exception {
    for (String line : WORK) {
      List<String> command = new ArrayList<>(List.of(line.split(" ")));
      command.addAll(List.of("--app", "example-app", "--env", "Development"));
      Optional<ClientCommand> daily = DailyCommands.of(command.toArray(String[]::new));
      if (DailyCommands.run(daily.orElseThrow()) != 0) {
        throw new IllegalStateException(line);
      }
    }
    if (DailyCommands.of("run", "--", "true").isEmpty()) {
      throw new IllegalStateException("run");
    }
    Launch.rehearse();
    Main.main(
        new String[] {"secrets", "get", "DATABASE_URL", "--app=example-app", "--env=Development"});
  }
}
