package lockstep.cli.admin;

import java.util.ArrayList;
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

/** {@code lockstep teams}. */
@Command(
    name = "teams",
    mixinStandardHelpOptions = true,
    description = "Teams: access for several accounts at once.")
public final class TeamsCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListTeams.class),
        new Nested("show", Show.class),
        new Nested("create", Create.class),
        new Nested("update", Update.class),
        new Nested("add", Add.class),
        new Nested("remove", Remove.class),
        new Nested("access", Access.class),
        new Nested("delete", Delete.class));
  }

  private static final String PATH = "/v1/teams/";
  private static final String USER = "user";
  private static final String SERVICE_ACCOUNT = "service_account";

  private static String path(Api api, String team) {
    return PATH + new Lookup(api).team(team) + "/";
  }

  private static void putRole(
      Map<String, Object> body, Lookup lookup, String field, @Nullable String role) {
    if (role != null) {
      body.put(field, role.isEmpty() ? "" : lookup.role(role));
    }
  }

  @Command(name = "list", description = "List all teams.")
  static final class ListTeams extends ApiCommand {
    @Override
    protected void run(Api api) {
      printRows(
          api.get(PATH), "name", "owner.email", "memberRole.name", "serviceAccountRole.name", "id");
    }
  }

  @Command(name = "show", description = "Show a team with its members and access.")
  static final class Show extends ApiCommand {
    @Parameters(paramLabel = "TEAM", description = "Name or id.")
    private String team = "";

    @Override
    protected void run(Api api) {
      JsonNode found = api.get(path(api, team));
      printFields(
          found,
          "id",
          "name",
          "description",
          "owner.email",
          "memberRole.name",
          "serviceAccountRole.name");
      if (!wantsJson()) {
        out().println("\nMembers");
        printRows(found.path("members"), "type", "email", "name", "id");
        out().println("\nAccess");
        AccessPrinter.print(this, found);
      }
    }
  }

  @Command(name = "create", description = "Create a team; you own it and are its first member.")
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the team.")
    private String name = "";

    @Option(names = "--description", paramLabel = "TEXT", description = "What the team is for.")
    private @Nullable String description;

    @Option(
        names = "--member-role",
        paramLabel = "ROLE",
        description = "What its people may do besides, in the team's apps.")
    private @Nullable String memberRole;

    @Option(
        names = "--service-account-role",
        paramLabel = "ROLE",
        description = "What its service accounts may do besides, in the team's apps.")
    private @Nullable String serviceAccountRole;

    @Override
    protected void run(Api api) {
      Lookup lookup = new Lookup(api);
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("name", name);
      if (description != null) {
        body.put("description", description);
      }
      putRole(body, lookup, "member_role_id", memberRole);
      putRole(body, lookup, "service_account_role_id", serviceAccountRole);
      printFields(api.post(PATH, body), "id", "name", "description");
    }
  }

  @Command(name = "update", description = "Change a team; an empty role takes the role away.")
  static final class Update extends ApiCommand {
    @Parameters(paramLabel = "TEAM", description = "Name or id.")
    private String team = "";

    @Option(names = "--name", paramLabel = "NAME", description = "New name.")
    private @Nullable String name;

    @Option(names = "--description", paramLabel = "TEXT", description = "New description.")
    private @Nullable String description;

    @Option(names = "--member-role", paramLabel = "ROLE", description = "Name or id.")
    private @Nullable String memberRole;

    @Option(names = "--service-account-role", paramLabel = "ROLE", description = "Name or id.")
    private @Nullable String serviceAccountRole;

    @Override
    protected void run(Api api) {
      Lookup lookup = new Lookup(api);
      Map<String, Object> body = new LinkedHashMap<>();
      if (name != null) {
        body.put("name", name);
      }
      if (description != null) {
        body.put("description", description);
      }
      putRole(body, lookup, "member_role_id", memberRole);
      putRole(body, lookup, "service_account_role_id", serviceAccountRole);
      printFields(api.put(path(api, team), body), "id", "name", "description");
    }
  }

  /** Whom a command is about. */
  abstract static class AboutAccounts extends ApiCommand {
    @Parameters(index = "0", paramLabel = "TEAM", description = "Name or id.")
    protected String team = "";

    @Option(
        names = "--service-accounts",
        description = "The accounts are service accounts, not people.")
    protected boolean serviceAccounts;

    String account(Api api, String text) {
      Lookup lookup = new Lookup(api);
      return serviceAccounts ? lookup.serviceAccount(text) : lookup.member(text);
    }

    String type() {
      return serviceAccounts ? SERVICE_ACCOUNT : USER;
    }
  }

  @Command(name = "add", description = "Add accounts to a team.")
  static final class Add extends AboutAccounts {
    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "ACCOUNT",
        description = "E-mail addresses, names or ids.")
    private List<String> accounts = List.of();

    @Override
    protected void run(Api api) {
      List<String> ids = new ArrayList<>();
      accounts.forEach(account -> ids.add(account(api, account)));
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("member_type", type());
      body.put("member_ids", ids);
      JsonNode found = api.post(path(api, team) + "members/", body);
      printRows(wantsJson() ? found : found.path("members"), "type", "email", "name", "id");
    }
  }

  @Command(name = "remove", description = "Remove an account from a team.")
  static final class Remove extends AboutAccounts {
    @Parameters(index = "1", paramLabel = "ACCOUNT", description = "E-mail address, name or id.")
    private String account = "";

    @Override
    protected void run(Api api) {
      printDone(
          api.delete(
              path(api, team) + "members/" + account(api, account) + "/?member_type=" + type()),
          account + " is no longer in the team.");
    }
  }

  @Command(
      name = "access",
      description = {
        "Show which environments a team reaches, or give it exactly these.",
        "",
        "Example: lockstep teams access platform billing=Development,Staging"
      })
  static final class Access extends AccessCommand {
    @Parameters(index = "0", paramLabel = "TEAM", description = "Name or id.")
    private String team = "";

    @Override
    protected void run(Api api) {
      requireConsistency();
      String path = path(api, team);
      run(api, path, path + "access/");
    }
  }

  @Command(name = "delete", description = "Delete a team and what it gave.")
  static final class Delete extends ApiCommand {
    @Parameters(paramLabel = "TEAM", description = "Name or id.")
    private String team = "";

    @Override
    protected void run(Api api) {
      printDone(api.delete(path(api, team)), "The team " + team + " was deleted.");
    }
  }
}
