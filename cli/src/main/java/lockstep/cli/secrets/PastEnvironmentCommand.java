package lockstep.cli.secrets;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.Table;
import lockstep.client.Environment;
import lockstep.client.LockstepClient;
import lockstep.client.ReferenceMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep environments history}, {@code diff} and {@code rollback}. */
public final class PastEnvironmentCommand {

  private PastEnvironmentCommand() {}

  /** A command about the history of the environment that the options or the project file name. */
  public abstract static class OfEnvironment extends ClientCommand {
    @Option(names = "--json", description = "Print JSON, for scripts.")
    private boolean asJson;

    @Override
    protected final int run(LockstepClient client) {
      Environment environment = environment(client).references(ReferenceMode.LEAVE);
      try (Api api = api()) {
        run(api, environment, "/v1/environments/" + environment.info().id() + "/history/");
      }
      return 0;
    }

    abstract void run(Api api, Environment environment, String address);

    final boolean wantsJson() {
      return asJson;
    }

    static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }

  /** What the environment held at a time. */
  @Command(
      name = "history",
      description = "Show what an environment held at a time. Values are hidden.")
  public static final class AtTime extends OfEnvironment {
    @Option(
        names = "--at",
        required = true,
        paramLabel = "TIME",
        description = "A time with its offset, such as 2026-02-03T04:05:06Z.")
    private String at = "";

    @Option(names = "--show", description = "Show the values.")
    private boolean show;

    @Override
    void run(Api api, Environment environment, String address) {
      PastText texts = new PastText(environment, show);
      JsonNode answer = api.get(address + "?at=" + encoded(at) + (show ? "&show=true" : ""));
      List<JsonNode> rows = new ArrayList<>();
      for (JsonNode past : answer.path("data")) {
        ObjectNode opened = texts.opened(past);
        rows.add(wantsJson() ? opened : opened.put("value", texts.value(opened)));
      }
      if (wantsJson()) {
        ObjectNode shown = ((ObjectNode) answer).deepCopy();
        ArrayNode data = shown.putArray("data");
        rows.forEach(data::add);
        printJson(shown);
      } else {
        print(
            new Table("plaintext.key", "value", "path", "type", "tags", "version", "updatedAt")
                .render(rows));
      }
    }
  }

  /** What differs between two times. */
  @Command(
      name = "diff",
      description = "Show what changed in an environment between two times. Values are hidden.")
  public static final class Difference extends OfEnvironment {
    @Option(names = "--from", required = true, paramLabel = "TIME", description = "The first time.")
    private String from = "";

    @Option(names = "--to", paramLabel = "TIME", description = "The second time; now if not given.")
    private String to = "";

    @Option(names = "--show", description = "Show the values.")
    private boolean show;

    @Override
    void run(Api api, Environment environment, String address) {
      PastText texts = new PastText(environment, show);
      String second = to.isEmpty() ? java.time.Instant.now().toString() : to;
      JsonNode answer =
          api.get(
              address
                  + "diff/?from="
                  + encoded(from)
                  + "&to="
                  + encoded(second)
                  + (show ? "&show=true" : ""));
      ObjectNode shown = ((ObjectNode) answer).deepCopy();
      ArrayNode data = shown.putArray("data");
      for (JsonNode one : answer.path("data")) {
        ObjectNode difference = ((ObjectNode) one).deepCopy();
        for (String side : List.of("before", "after")) {
          if (one.path(side).isObject()) {
            difference.set(side, texts.opened(one.path(side)));
          }
        }
        data.add(difference);
      }
      if (wantsJson()) {
        printJson(shown);
      } else {
        print(
            new Table("change", "key", "changed", "before", "after", "path")
                .render(rows(data, texts)));
      }
    }

    private static List<JsonNode> rows(ArrayNode data, PastText texts) {
      List<JsonNode> rows = new ArrayList<>();
      for (JsonNode difference : data) {
        JsonNode last = difference.path(difference.path("after").isObject() ? "after" : "before");
        ObjectNode row = JsonMapper.shared().createObjectNode();
        row.set("change", difference.path("change"));
        row.set("key", last.at("/plaintext/key"));
        row.set("changed", difference.path("changed"));
        for (String side : List.of("before", "after")) {
          JsonNode past = difference.path(side);
          row.put(side, past.isObject() ? texts.value(past) : null);
        }
        row.set("path", last.path("path"));
        rows.add(row);
      }
      return rows;
    }
  }

  /** Brings the environment back to a time. */
  @Command(
      name = "rollback",
      description = {
        "Bring the secrets of an environment back to what they were at a time.",
        "",
        "As new versions, so it can be rolled back itself. Look at it first with",
        "'environments diff --from TIME'. Personal values stay as they are.",
        ""
      })
  public static final class Rollback extends OfEnvironment {
    @Option(
        names = "--to",
        required = true,
        paramLabel = "TIME",
        description = "A time with its offset, such as 2026-02-03T04:05:06Z.")
    private String to = "";

    @Override
    void run(Api api, Environment environment, String address) {
      JsonNode answer = api.post(address + "rollback/", Map.of("at", to));
      if (wantsJson()) {
        printJson(answer);
        return;
      }
      JsonNode data = answer.path("data");
      say(
          "%d restored, %d changed, %d deleted"
              .formatted(
                  data.path("restored").size(),
                  data.path("changed").size(),
                  data.path("deleted").size()));
      for (JsonNode kept : data.path("kept")) {
        warn(
            "the secret %s stays as it is, wholly or in part, because it is %s"
                .formatted(kept.path("id").asString(""), kept.path("reason").asString("")));
      }
    }
  }
}
