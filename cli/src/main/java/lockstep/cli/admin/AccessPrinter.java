package lockstep.cli.admin;

import java.util.ArrayList;
import java.util.List;
import lockstep.cli.api.ApiCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shows which environments of which apps an account or a team has. */
final class AccessPrinter {

  private AccessPrinter() {}

  static void print(ApiCommand command, JsonNode answer) {
    if (command.wantsJson()) {
      command.printRows(answer);
      return;
    }
    ArrayNode rows = JsonMapper.shared().createArrayNode();
    for (JsonNode app : answer.path("apps")) {
      List<String> names = new ArrayList<>();
      app.path("environments").forEach(one -> names.add(one.path("name").asString("")));
      ObjectNode row = rows.addObject();
      row.put("app", app.path("name").asString(""));
      row.put("environments", String.join(", ", names));
    }
    command.printRows(rows, "app", "environments");
  }
}
