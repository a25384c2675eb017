package lockstep.cli;

import java.util.ArrayList;
import java.util.List;
import lockstep.cli.run.Launch;

/**
 * Goes through what people do all day, with the server and token at hand, so that the JDK can
 * record what commands need. The ones of {@link DailyRehearsal} have a record of their own.
 */
final class CommandsRehearsal {

  private static final List<String> WORK =
      List.of(
          "secrets set REHEARSED=value",
          "secrets get DATABASE_URL",
          "secrets list",
          "secrets export --format json",
          "secrets delete REHEARSED",
          "apps list");

  private CommandsRehearsal() {}

  public static void main(String[] arguments) {
    for (String line : WORK) {
      List<String> words = new ArrayList<>(List.of(line.split(" ")));
      if (line.startsWith("secrets")) {
        words.addAll(List.of("--app", "example-app", "--env", "Development"));
      }
      String[] command = words.toArray(String[]::new);
      if (Main.commandLine(command).execute(command) != 0) {
        throw new IllegalStateException(line);
      }
    }
    String[] run = {"run", "--", "true"};
    Main.commandLine(run).parseArgs(run);
    Launch.rehearse();
  }
}
