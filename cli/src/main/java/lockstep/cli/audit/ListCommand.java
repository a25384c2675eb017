package lockstep.cli.audit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import lockstep.cli.admin.Lookup;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code lockstep audit list}. */
@Command(
    name = "list",
    sortOptions = false,
    description = {
      "List audit events, the newest first.",
      "",
      "Filters narrow the list together. Needs the permission to read logs.",
      "",
      "Example: lockstep audit list --member ada@example.com --from 2026-02-03T00:00:00Z",
      ""
    })
final class ListCommand extends ApiCommand {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int PAGE = 1_000;
  private static final int MAXIMUM = 100_000;

  private static final String[] COLUMNS = {
    "sequence", "createdAt", "account.name", "action", "resourceType", "resourceId", "description"
  };

  @Option(
      names = "--member",
      paramLabel = "MEMBER",
      description = "Only what this member did: e-mail address or id.")
  private @Nullable String member;

  @Option(
      names = "--service-account",
      paramLabel = "ACCOUNT",
      description = "Only what this service account did: name or id.")
  private @Nullable String serviceAccount;

  @Option(
      names = "--action",
      paramLabel = "ACTION",
      description = "Only what was done so: create, read, update, delete, access or refuse.")
  private @Nullable String action;

  @Option(
      names = "--resource-type",
      paramLabel = "TYPE",
      description = "Only what was done to things of this kind, such as secret, app or member.")
  private @Nullable String resourceType;

  @Option(
      names = "--resource",
      paramLabel = "ID",
      description = "Only what was done to the thing with this id.")
  private @Nullable String resource;

  @Option(
      names = "--environment",
      paramLabel = "ID",
      description = "Only what was done in the environment with this id.")
  private @Nullable String environment;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Only what happened at this time or later, such as 2026-02-03T04:05:06Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Only what happened before this time.")
  private @Nullable String to;

  @Option(
      names = "--limit",
      paramLabel = "COUNT",
      defaultValue = "50",
      description = "How many at most, ${DEFAULT-VALUE} by default.")
  private int limit;

  @Option(
      names = "--cursor",
      paramLabel = "CURSOR",
      description = "Go on where an earlier list ended: what was printed as nextCursor.")
  private @Nullable String cursor;

  @Override
  protected void run(Api api) {
    if (limit < 1 || limit > MAXIMUM) {
      throw new CommandException("--limit must be from 1 to " + MAXIMUM);
    }
    AuditPages pages = new AuditPages(api, "/v1/audit/events/" + query(api));
    ArrayNode events = JSON.createArrayNode();
    Optional<String> next = Optional.ofNullable(cursor).map(ListCommand::encoded);
    do {
      AuditPages.Page page = pages.page(next, Math.min(limit - events.size(), PAGE));
      page.events().forEach(events::add);
      next = page.next();
    } while (next.isPresent() && events.size() < limit);
    ObjectNode answer = JSON.createObjectNode();
    answer.set("data", events);
    answer.put("nextCursor", next.orElse(null));
    printRows(answer, COLUMNS);
    if (!wantsJson() && next.isPresent()) {
      out().println("There are more: --cursor " + next.get());
    }
  }

  private String query(Api api) {
    if (member != null && serviceAccount != null) {
      throw new CommandException("--member and --service-account exclude each other");
    }
    Map<String, @Nullable String> parameters = new LinkedHashMap<>();
    if (member != null) {
      parameters.put("account_id", new Lookup(api).member(member));
    }
    if (serviceAccount != null) {
      parameters.put("account_id", new Lookup(api).serviceAccount(serviceAccount));
    }
    parameters.put("action", action);
    parameters.put("resource_type", resourceType);
    parameters.put("resource_id", resource);
    parameters.put("environment_id", environment);
    parameters.put("from", from);
    parameters.put("to", to);
    String query =
        parameters.entrySet().stream()
            .filter(parameter -> parameter.getValue() != null)
            .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? "" : "?" + query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
