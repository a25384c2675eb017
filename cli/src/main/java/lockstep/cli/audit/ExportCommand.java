package lockstep.cli.audit;

import java.io.PrintWriter;
import java.util.Optional;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep audit export}. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Print all audit events, the oldest first, as one line of JSON each.",
      "",
      "Each has its place and hash in the chain, so that what was printed can be checked",
      "without the database: lockstep audit verify --file FILE. Needs the permission to read logs.",
      "",
      "Example: lockstep audit export > audit.jsonl",
      ""
    })
final class ExportCommand extends ApiCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int PAGE = 1_000;

  @Option(
      names = "--after",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description = "Begin after the event of this number, the last one of an earlier export.")
  private long after;

  @Override
  protected void run(Api api) {
    if (after < 0) {
      throw new CommandException("--after must be the number of an event");
    }
    PrintWriter out = out();
    new AuditPages(api, "/v1/audit/chain/")
        .forEach(
            Optional.of(Long.toString(after)),
            PAGE,
            page -> {
              for (JsonNode event : page.events()) {
                out.println(JSON.writeValueAsString(event));
              }
              // It also flushes: who reads along gets each page at once.
              if (out.checkError()) {
                throw new CommandException("the events could not be written");
              }
            });
  }
}
