package lockstep.cli.admin;

import java.util.List;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows which environments somebody has, or declares all of them. */
abstract class AccessCommand extends ApiCommand {

  @Parameters(
      index = "1..*",
      paramLabel = "APP=ENVIRONMENT,...",
      description = "All the access it shall have; what is not listed is taken away.")
  private List<String> scopes = List.of();

  @Option(names = "--none", description = "Take all access away.")
  private boolean none;

  /**
   * @param shown where access is read
   * @param declared where it is declared
   */
  final void run(Api api, String shown, String declared) {
    AccessPrinter.print(
        this,
        none || !scopes.isEmpty()
            ? api.put(declared, new Lookup(api).access(scopes))
            : api.get(shown));
  }

  final void requireConsistency() {
    if (none && !scopes.isEmpty()) {
      throw new CommandException("--none and a list of access contradict each other");
    }
  }
}
