package lockstep.cli.admin;

import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lockstep members}. */
@Command(
    name = "members",
    mixinStandardHelpOptions = true,
    description = "People of the organisation: roles and access.",
    subcommands = {
      MembersCommand.ListMembers.class,
      MembersCommand.Show.class,
      MembersCommand.Role.class,
      MembersCommand.Access.class,
      MembersCommand.Remove.class
    })
public final class MembersCommand {

  private static final String[] FIELDS = {
    "id", "email", "fullName", "role.name", "createdAt", "updatedAt"
  };

  @Command(name = "list", description = "List all members.")
  static final class ListMembers extends ApiCommand {
    @Override
    protected void run(Api api) {
      printRows(api.get("/v1/members/"), "email", "role.name", "fullName", "id");
    }
  }

  @Command(name = "show", description = "Show one member.")
  static final class Show extends ApiCommand {
    @Parameters(paramLabel = "MEMBER", description = "E-mail address or id.")
    private String member = "";

    @Override
    protected void run(Api api) {
      printFields(api.get("/v1/members/" + new Lookup(api).member(member) + "/"), FIELDS);
    }
  }

  @Command(name = "role", description = "Give a member another role.")
  static final class Role extends ApiCommand {
    @Parameters(index = "0", paramLabel = "MEMBER", description = "E-mail address or id.")
    private String member = "";

    @Parameters(index = "1", paramLabel = "ROLE", description = "Name or id.")
    private String role = "";

    @Override
    protected void run(Api api) {
      Lookup lookup = new Lookup(api);
      printFields(
          api.put(
              "/v1/members/" + lookup.member(member) + "/", Map.of("role_id", lookup.role(role))),
          FIELDS);
    }
  }

  @Command(
      name = "access",
      description = {
        "Show which environments a member was given, or give it exactly these.",
        "",
        "Example: lockstep members access nadia@example.com billing=Development,Staging"
      })
  static final class Access extends ApiCommand {
    @Parameters(index = "0", paramLabel = "MEMBER", description = "E-mail address or id.")
    private String member = "";

    @Parameters(
        index = "1..*",
        paramLabel = "APP=ENVIRONMENT,...",
        description = "All the access the member shall have; what is not listed is taken away.")
    private List<String> scopes = List.of();

    @Option(names = "--none", description = "Take all access away.")
    private boolean none;

    @Override
    protected void run(Api api) {
      if (none && !scopes.isEmpty()) {
        throw new CommandException("--none and a list of access contradict each other");
      }
      Lookup lookup = new Lookup(api);
      String path = "/v1/members/" + lookup.member(member) + "/access/";
      AccessPrinter.print(
          this, none || !scopes.isEmpty() ? api.put(path, lookup.access(scopes)) : api.get(path));
    }
  }

  @Command(
      name = "remove",
      description = "Remove a member: its tokens stop working with the next request.")
  static final class Remove extends ApiCommand {
    @Parameters(paramLabel = "MEMBER", description = "E-mail address or id.")
    private String member = "";

    @Override
    protected void run(Api api) {
      printDone(
          api.delete("/v1/members/" + new Lookup(api).member(member) + "/"),
          member + " is no longer a member.");
    }
  }
}
