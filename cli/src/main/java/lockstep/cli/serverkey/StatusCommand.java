package lockstep.cli.serverkey;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import lockstep.cli.api.StorageOptions;
import lockstep.server.serverkeys.ServerKeyRotation;
import lockstep.server.serverkeys.ServerKeyStatus;
import lockstep.server.store.Database;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep server-key status}. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Say which server keys the database knows, and what is still wrapped to earlier ones.",
      "",
      "Reads the database itself, whether a server uses it or not, and writes nothing. Needs no",
      "server key. Keys are named by their public halves.",
      ""
    },
    optionListHeading = "Options (each can also be set as an environment variable):%n")
final class StatusCommand implements Callable<Integer> {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Spec private @Nullable CommandSpec spec;

  @Mixin private StorageOptions place = new StorageOptions();

  @Option(names = "--json", description = "Print JSON, for scripts.")
  private boolean asJson;

  @Override
  public Integer call() {
    ServerKeyStatus status;
    try (Database database = StorageOptions.openForReading(place.configuration())) {
      status = ServerKeyRotation.status(database);
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (asJson) {
      out.println(JSON.writeValueAsString(status));
    } else {
      print(status, out);
    }
    out.flush();
    return 0;
  }

  static void print(ServerKeyStatus status, PrintWriter out) {
    for (int i = 0; i < status.keys().size(); i++) {
      ServerKeyStatus.Key key = status.keys().get(i);
      String state =
          i + 1 == status.keys().size()
              ? "in use since " + key.introducedAt()
              : key.retiredAt().map(at -> "retired at " + at).orElse("replaced, still needed");
      out.println(key.publicKey() + "  " + state);
      out.println("  checkpoints are verified with " + key.checkpointKey());
      out.println(
          "  %d environments and %d service accounts are wrapped to it"
              .formatted(key.wrapped().environments(), key.wrapped().serviceAccounts()));
    }
    if (status.unusable().all() > 0) {
      out.println(
          status.unusable().all()
              + " more are marked as of no use: no server key opened them. The log names them.");
    }
    out.println(
        status.isSettled()
            ? "Nothing is left: no earlier key is needed."
            : "Left to be wrapped to the key in use: " + status.remaining() + ".");
  }
}
