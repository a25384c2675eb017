package lockstep.cli.admin;

import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lockstep members}. */
@Command(
    name = "members",
    mixinStandardHelpOptions = true,
    description = "People of the organisation: roles and access.")
public final class MembersCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListMembers.class),
        new Nested("show", Show.class),
        new Nested("role", Role.class),
        new Nested("access", Access.class),
        new Nested("remove", Remove.class));
  }

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
  static final class Access extends AccessCommand {
    @Parameters(index = "0", paramLabel = "MEMBER", description = "E-mail address or id.")
    private String member = "";

    @Override
    protected void run(Api api) {
      requireConsistency();
      String path = "/v1/members/" + new Lookup(api).member(member) + "/access/";
      run(api, path, path);
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
