package lockstep.cli.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandGroup;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code lockstep service-accounts}. */
@Command(
    name = "service-accounts",
    mixinStandardHelpOptions = true,
    description = "Accounts of programs: access and tokens.")
public final class ServiceAccountsCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListAccounts.class),
        new Nested("show", Show.class),
        new Nested("create", Create.class),
        new Nested("update", Update.class),
        new Nested("access", Access.class),
        new Nested("create-token", CreateToken.class),
        new Nested("delete-token", DeleteToken.class),
        new Nested("delete", Delete.class));
  }

  private static final String PATH = "/v1/service-accounts/";

  private static String path(Api api, String account) {
    return PATH + new Lookup(api).serviceAccount(account) + "/";
  }

  @Command(name = "list", description = "List the service accounts you may see.")
  static final class ListAccounts extends ApiCommand {
    @Override
    protected void run(Api api) {
      printRows(api.get(PATH), "name", "role.name", "createdAt", "id");
    }
  }

  @Command(name = "show", description = "Show a service account with its tokens.")
  static final class Show extends ApiCommand {
    @Parameters(paramLabel = "ACCOUNT", description = "Name or id.")
    private String account = "";

    @Override
    protected void run(Api api) {
      JsonNode found = api.get(path(api, account));
      printFields(found, "id", "name", "role.name", "createdAt", "updatedAt");
      if (!wantsJson()) {
        out().println("\nTokens");
        printRows(found.path("tokens"), "name", "expiresAt", "createdAt", "id");
        out().println("\nAccess");
        AccessPrinter.print(this, found);
      }
    }
  }

  @Command(
      name = "create",
      description = "Create a service account; its first token is shown this once.")
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the account.")
    private String name = "";

    @Option(names = "--role", required = true, paramLabel = "ROLE", description = "Name or id.")
    private String role = "";

    @Option(names = "--team", paramLabel = "TEAM", description = "Team that owns it: name or id.")
    private @Nullable String team;

    @Option(names = "--token-name", paramLabel = "NAME", description = "Name of its first token.")
    private @Nullable String tokenName;

    @Override
    protected void run(Api api) {
      Lookup lookup = new Lookup(api);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      body.put("role_id", lookup.role(role));
      if (team != null) {
        body.put("team_id", lookup.team(team));
      }
      if (tokenName != null) {
        body.put("token_name", tokenName);
      }
      printFields(
          api.post(PATH, body),
          "id",
          "name",
          "role.name",
          "initialToken.token",
          "initialToken.bearerToken");
    }
  }

  @Command(name = "update", description = "Rename a service account or change its role.")
  static final class Update extends ApiCommand {
    @Parameters(paramLabel = "ACCOUNT", description = "Name or id.")
    private String account = "";

    @Option(names = "--name", paramLabel = "NAME", description = "New name.")
    private @Nullable String name;

    @Option(names = "--role", paramLabel = "ROLE", description = "New role: name or id.")
    private @Nullable String role;

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      if (name != null) {
        body.put("name", name);
      }
      if (role != null) {
        body.put("role_id", new Lookup(api).role(role));
      }
      printFields(api.put(path(api, account), body), "id", "name", "role.name");
    }
  }

  @Command(
      name = "access",
      description = {
        "Show which environments a service account was given, or give it exactly these.",
        "",
        "Example: lockstep service-accounts access deploy-bot billing=Production"
      })
  static final class Access extends AccessCommand {
    @Parameters(index = "0", paramLabel = "ACCOUNT", description = "Name or id.")
    private String account = "";

    @Override
    protected void run(Api api) {
      requireConsistency();
      String path = path(api, account);
      run(api, path, path + "access/");
    }
  }

  @Command(name = "create-token", description = "Create a token; it is shown this once.")
  static final class CreateToken extends ApiCommand {
    @Parameters(index = "0", paramLabel = "ACCOUNT", description = "Name or id.")
    private String account = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the token.")
    private String name = "";

    @Option(
        names = "--expires-in",
        paramLabel = "SECONDS",
        description = "How long it works; for ever if not given.")
    private @Nullable Long expiresIn;

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      if (expiresIn != null) {
        body.put("expires_in", expiresIn);
      }
      printFields(
          api.post(path(api, account) + "tokens/", body),
          "id",
          "name",
          "expiresAt",
          "token",
          "bearerToken");
    }
  }

  @Command(
      name = "delete-token",
      description = "Delete a token; it stops working with the next request.")
  static final class DeleteToken extends ApiCommand {
    @Parameters(index = "0", paramLabel = "ACCOUNT", description = "Name or id.")
    private String account = "";

    @Parameters(index = "1", paramLabel = "TOKEN", description = "Id of the token.")
    private String token = "";

    @Override
    protected void run(Api api) {
      printDone(
          api.delete(path(api, account) + "tokens/" + Lookup.encoded(token) + "/"),
          "The token was deleted.");
    }
  }

  @Command(name = "delete", description = "Delete a service account with its tokens.")
  static final class Delete extends ApiCommand {
    @Parameters(paramLabel = "ACCOUNT", description = "Name or id.")
    private String account = "";

    @Override
    protected void run(Api api) {
      printDone(api.delete(path(api, account)), "The account " + account + " was deleted.");
    }
  }
}
