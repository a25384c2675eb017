package lockstep.cli.secrets;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.ReferenceMode;
import lockstep.client.Secret;
import lockstep.client.Secrets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep secrets}. */
@Command(
    name = "secrets",
    mixinStandardHelpOptions = true,
    description = "Secrets of an environment, encrypted and decrypted on this machine.")
public final class SecretsCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListSecrets.class),
        new Nested("get", Get.class),
        new Nested("set", SetCommand.class),
        new Nested("delete", Delete.class),
        new Nested("import", ImportCommand.class),
        new Nested("export", ExportCommand.class),
        new Nested("history", HistoryCommand.Versions.class),
        new Nested("restore", HistoryCommand.Restore.class));
  }

  /** The command of this name, if it is one that can do without picocli. */
  public static Optional<ClientCommand> plain(String name) {
    return switch (name) {
      case "list" -> Optional.of(new ListSecrets());
      case "get" -> Optional.of(new Get());
      default -> Optional.empty();
    };
  }

  @Command(
      name = "list",
      description = "List secrets, in all folders unless one is named. Values are hidden.")
  static final class ListSecrets extends ClientCommand {
    @Option(
        names = "--path",
        paramLabel = "PATH",
        description = "Only secrets directly in this folder; '/' for those in none.")
    private @Nullable String path;

    @Mixin private ReadingOptions reading = new ReadingOptions();

    @Option(names = "--show", description = "Show the values.")
    private boolean show;

    @Option(
        names = "--json",
        description = "Print JSON, for scripts; values are in it with --show only.")
    private boolean asJson;

    @Override
    public boolean takeFlag(String name) {
      switch (name) {
        case "--show" -> show = true;
        case "--json" -> asJson = true;
        default -> {
          return reading.takeFlag(name) || super.takeFlag(name);
        }
      }
      return true;
    }

    @Override
    public boolean takeOption(String name, String value) {
      if (name.equals("--path")) {
        path = value;
        return true;
      }
      return reading.takeOption(name, value) || super.takeOption(name, value);
    }

    @Override
    public int takeOthers(List<String> all) {
      return all.isEmpty() ? 0 : -1;
    }

    @Override
    protected int run(LockstepClient client) {
      Environment environment =
          environment(client).references(show ? reading.mode() : ReferenceMode.LEAVE);
      Secrets all = path == null ? environment.list() : environment.list(path);
      List<Secret> secrets = all.stream().filter(reading::admits).toList();
      warnOfReferences(secrets);
      if (asJson) {
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        ArrayNode data = answer.putArray("data");
        secrets.forEach(secret -> data.add(SecretView.json(secret, show)));
        printJson(answer);
      } else {
        List<List<String>> rows = new ArrayList<>();
        secrets.forEach(secret -> rows.add(SecretView.row(secret, show)));
        print(SecretView.TABLE.renderTexts(rows));
      }
      return 0;
    }
  }

  @Command(
      name = "get",
      description = {
        "Print the value of a secret: exactly its bytes, and the end of a line.",
        "",
        "References in it are resolved. A personal override counts, if it is active.",
        ""
      })
  static final class Get extends ClientCommand {
    @Parameters(paramLabel = "KEY", description = "Name of the secret.")
    private String key = "";

    @Mixin private PathOption path = new PathOption();

    @Mixin private ReferenceOptions references = new ReferenceOptions();

    @Option(names = "--no-newline", description = "Print the value and nothing else.")
    private boolean noNewline;

    @Option(names = "--json", description = "Print all of the secret as JSON, for scripts.")
    private boolean asJson;

    @Override
    public boolean takeFlag(String name) {
      switch (name) {
        case "--no-newline" -> noNewline = true;
        case "--json" -> asJson = true;
        default -> {
          return references.takeFlag(name) || super.takeFlag(name);
        }
      }
      return true;
    }

    @Override
    public boolean takeOption(String name, String value) {
      return path.takeOption(name, value) || super.takeOption(name, value);
    }

    @Override
    public int takeOthers(List<String> all) {
      if (all.isEmpty() || all.getFirst().equals("--") || all.getFirst().isEmpty()) {
        return -1;
      }
      key = all.getFirst();
      return 1;
    }

    @Override
    protected int run(LockstepClient client) {
      Environment environment = environment(client).references(references.mode());
      Secret secret =
          Names.find(environment, path.text(), key)
              .orElseThrow(() -> missing(Set.of(key), environment));
      warnOfReferences(List.of(secret));
      if (asJson) {
        printJson(SecretView.json(secret, true));
      } else {
        print((secret.value() + (noNewline ? "" : "\n")).getBytes(StandardCharsets.UTF_8));
      }
      return 0;
    }
  }

  @Command(
      name = "delete",
      description = "Delete secrets: all that are named, or none if one of them is not there.")
  static final class Delete extends ClientCommand {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Names of the secrets.")
    private List<String> keys = List.of();

    @Mixin private PathOption path = new PathOption();

    @Option(names = "--json", description = "Print what was deleted as JSON, for scripts.")
    private boolean asJson;

    @Override
    protected int run(LockstepClient client) {
      Environment environment = environment(client).references(ReferenceMode.LEAVE);
      Secrets present = environment.list(path.text());
      Set<Secret> wanted = new LinkedHashSet<>();
      Set<String> absent = new LinkedHashSet<>();
      for (String key : keys) {
        Names.find(present, path.text(), key).ifPresentOrElse(wanted::add, () -> absent.add(key));
      }
      if (!absent.isEmpty()) {
        throw missing(absent, environment);
      }
      environment.delete(wanted);
      if (asJson) {
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        ArrayNode deleted = answer.putArray("deleted");
        wanted.forEach(secret -> deleted.add(secret.key()));
        printJson(answer);
      } else {
        wanted.forEach(secret -> say("Deleted " + secret.key()));
      }
      return 0;
    }
  }

  static CommandException missing(Set<String> keys, Environment environment) {
    return new CommandException(
        "%s/%s has no secret %s there"
            .formatted(
                environment.app().name(), environment.info().name(), String.join(", ", keys)));
  }
}
