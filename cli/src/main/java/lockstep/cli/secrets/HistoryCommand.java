package lockstep.cli.secrets;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import lockstep.cli.api.Api;
import lockstep.cli.api.Table;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.ReferenceMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep secrets history} and {@code restore}. */
final class HistoryCommand {

  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

  private static final int LARGEST_PAGE = 100;

  private HistoryCommand() {}

  /** A command about one secret, also one that is deleted. */
  abstract static class OfSecret extends ClientCommand {
    @Parameters(paramLabel = "KEY", description = "Name of the secret; its id if it is deleted.")
    private String key = "";

    @Mixin private PathOption path = new PathOption();

    @Override
    protected final int run(LockstepClient client) {
      Environment environment = environment(client).references(ReferenceMode.LEAVE);
      try (Api api = api()) {
        run(api, environment, id(environment));
      }
      return 0;
    }

    private String id(Environment environment) {
      if (ID.matcher(key).matches()) {
        return key;
      }
      return Names.find(environment, path.text(), key)
          .orElseThrow(() -> SecretsCommand.missing(java.util.Set.of(key), environment))
          .id();
    }

    abstract void run(Api api, Environment environment, String id);

    static String address(Environment environment, String id, String action) {
      return "/v1/secrets/%s/%s/?app_id=%s&env=%s"
          .formatted(id, action, environment.app().id(), environment.info().name());
    }
  }

  @Command(
      name = "history",
      description = {
        "List the versions of a secret, newest first. Values are hidden.",
        "",
        "Tells who changed what and when. References in values stay as they were written.",
        ""
      })
  static final class Versions extends OfSecret {
    @Option(names = "--show", description = "Show the values.")
    private boolean show;

    @Option(
        names = "--limit",
        paramLabel = "NUMBER",
        defaultValue = "20",
        description = "How many versions; ${DEFAULT-VALUE} if not given.")
    private int limit;

    @Option(
        names = "--json",
        description = "Print JSON, for scripts; values are in it with --show only.")
    private boolean asJson;

    @Override
    void run(Api api, Environment environment, String id) {
      if (limit < 1) {
        throw new ParameterException(spec().commandLine(), "--limit needs a number from 1 on");
      }
      PastText texts = new PastText(environment, show);
      ArrayNode versions = JsonMapper.shared().createArrayNode();
      Optional<String> cursor = Optional.of("");
      while (cursor.isPresent() && versions.size() < limit) {
        int more = Math.min(limit - versions.size(), LARGEST_PAGE);
        JsonNode page =
            api.get(
                address(environment, id, "versions")
                    + "&limit="
                    + more
                    + (cursor.get().isEmpty() ? "" : "&cursor=" + cursor.get()));
        page.path("data").forEach(version -> versions.add(texts.opened(version)));
        cursor = page.path("nextCursor").stringValueOpt();
      }
      if (asJson) {
        ObjectNode answer = JsonMapper.shared().createObjectNode();
        answer.set("data", versions);
        printJson(answer);
      } else {
        List<JsonNode> rows = new ArrayList<>();
        versions.forEach(
            version -> rows.add(((ObjectNode) version).put("value", texts.value(version))));
        print(
            new Table(
                    "version",
                    "event",
                    "changed",
                    "plaintext.key",
                    "value",
                    "path",
                    "account.name",
                    "createdAt")
                .render(rows));
      }
    }
  }

  @Command(
      name = "restore",
      description = {
        "Make a version of a secret the current one, as a new version.",
        "",
        "A deleted secret exists again. 'secrets history' tells the versions.",
        ""
      })
  static final class Restore extends OfSecret {
    @Option(
        names = "--version-number",
        required = true,
        paramLabel = "NUMBER",
        description = "The version to go back to.")
    private int version;

    @Option(names = "--json", description = "Print what was done as JSON, for scripts.")
    private boolean asJson;

    @Override
    void run(Api api, Environment environment, String id) {
      JsonNode answer =
          api.post(address(environment, id, "restore"), java.util.Map.of("version", version));
      if (asJson) {
        printJson(answer);
      } else {
        say(
            "Restored version "
                + version
                + " as version "
                + answer.at("/data/version").asString("?"));
      }
    }
  }
}
