package lockstep.cli.api;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A command that asks a server something. Prints for people, or with {@code --json} exactly what
 * the server answered.
 */
@Command(mixinStandardHelpOptions = true)
public abstract class ApiCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--json", description = "Print the server's answer as JSON, for scripts.")
  private boolean asJson;

  @Mixin private final ServerOptions server = new ServerOptions();

  @Override
  public final Integer call() {
    Credentials credentials = server.credentials();
    Connection connection = Connection.of(credentials.address(), credentials.token());
    try (Api api = new Api(connection, server.allowPlainHttp())) {
      run(api);
    }
    out().flush();
    return 0;
  }

  /** Which server to ask, with which token. */
  public final ServerOptions server() {
    return server;
  }

  /** Does the work and prints the outcome. */
  protected abstract void run(Api api);

  /** Prints rows as a table with these columns. */
  public void printRows(JsonNode answer, String... columns) {
    if (asJson) {
      printJson(answer);
    } else {
      JsonNode rows = answer.has("data") ? answer.get("data") : answer;
      List<JsonNode> list = new ArrayList<>();
      rows.forEach(list::add);
      out().print(new Table(columns).render(list));
    }
  }

  /** Prints one thing, a line for each of these members. */
  protected void printFields(JsonNode answer, String... members) {
    if (asJson) {
      printJson(answer);
      return;
    }
    int width = 0;
    for (String member : members) {
      width = Math.max(width, member.length());
    }
    for (String member : members) {
      String value = Table.text(answer, member);
      out().println(member + " ".repeat(width - member.length()) + "  " + value);
    }
  }

  /** Prints that something was done; with {@code --json} the answer, if there is one. */
  protected void printDone(JsonNode answer, String sentence) {
    if (!asJson) {
      out().println(sentence);
    } else if (!answer.isEmpty()) {
      printJson(answer);
    }
  }

  /** Whether the person asked for JSON. */
  public boolean wantsJson() {
    return asJson;
  }

  /** Where to print. */
  protected PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private void printJson(JsonNode answer) {
    out().println(JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(answer));
  }
}
