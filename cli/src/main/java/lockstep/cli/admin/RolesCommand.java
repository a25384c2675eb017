package lockstep.cli.admin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.Printable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep roles}. */
@Command(
    name = "roles",
    mixinStandardHelpOptions = true,
    description = "Roles: what members and service accounts may do.")
public final class RolesCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListRoles.class),
        new Nested("show", Show.class),
        new Nested("create", Create.class),
        new Nested("update", Update.class),
        new Nested("delete", Delete.class));
  }

  @Command(name = "list", description = "List all roles.")
  static final class ListRoles extends ApiCommand {
    @Override
    protected void run(Api api) {
      printRows(api.get("/v1/roles/"), "name", "isDefault", "description", "id");
    }
  }

  @Command(name = "show", description = "Show a role with its permissions.")
  static final class Show extends ApiCommand {
    @Parameters(paramLabel = "ROLE", description = "Name or id.")
    private String role = "";

    @Override
    protected void run(Api api) {
      JsonNode found = api.get("/v1/roles/" + new Lookup(api).role(role) + "/");
      printFields(found, "id", "name", "description", "isDefault", "permissions.globalAccess");
      if (!wantsJson()) {
        printPermissions("Organisation", found.path("permissions").path("permissions"));
        printPermissions("Apps", found.path("permissions").path("appPermissions"));
      }
    }

    private void printPermissions(String title, JsonNode permissions) {
      out().println("\n" + title);
      permissions.forEachEntry(
          (name, actions) -> {
            if (!actions.isEmpty()) {
              StringBuilder line = new StringBuilder("  ").append(Printable.of(name)).append(":");
              actions.forEach(action -> line.append(' ').append(Printable.of(action.asString(""))));
              out().println(line);
            }
          });
    }
  }

  @Command(
      name = "create",
      description = {
        "Create a role.",
        "",
        "The permissions are a JSON file with the members \"permissions\" and \"app_permissions\",",
        "as 'lockstep roles show NAME --json' prints them (without \"globalAccess\")."
      })
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the role.")
    private String name = "";

    @Option(
        names = "--permissions",
        required = true,
        paramLabel = "FILE",
        description = "JSON file with the permissions.")
    private Path permissions = Path.of("");

    @Option(names = "--description", paramLabel = "TEXT", description = "What the role is for.")
    private @Nullable String description;

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      body.put("permissions", read(permissions));
      if (description != null) {
        body.put("description", description);
      }
      printFields(api.post("/v1/roles/", body), "id", "name", "description");
    }
  }

  @Command(name = "update", description = "Change a role; effective with the next request.")
  static final class Update extends ApiCommand {
    @Parameters(paramLabel = "ROLE", description = "Name or id.")
    private String role = "";

    @Option(names = "--name", paramLabel = "NAME", description = "New name.")
    private @Nullable String name;

    @Option(
        names = "--permissions",
        paramLabel = "FILE",
        description = "JSON file with all permissions the role shall have.")
    private @Nullable Path permissions;

    @Option(names = "--description", paramLabel = "TEXT", description = "New description.")
    private @Nullable String description;

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      if (name != null) {
        body.put("name", name);
      }
      if (permissions != null) {
        body.put("permissions", read(permissions));
      }
      if (description != null) {
        body.put("description", description);
      }
      printFields(
          api.put("/v1/roles/" + new Lookup(api).role(role) + "/", body),
          "id",
          "name",
          "description");
    }
  }

  @Command(name = "delete", description = "Delete a role that nobody holds.")
  static final class Delete extends ApiCommand {
    @Parameters(paramLabel = "ROLE", description = "Name or id.")
    private String role = "";

    @Override
    protected void run(Api api) {
      printDone(
          api.delete("/v1/roles/" + new Lookup(api).role(role) + "/"),
          "The role " + role + " was deleted.");
    }
  }

  private static JsonNode read(Path file) {
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (IOException | JacksonException e) {
      throw new CommandException("the file " + file + " cannot be read as JSON", e);
    }
  }
}
