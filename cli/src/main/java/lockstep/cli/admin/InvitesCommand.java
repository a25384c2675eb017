package lockstep.cli.admin;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandGroup;
import lockstep.cli.api.Printable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code lockstep invites}. */
@Command(
    name = "invites",
    mixinStandardHelpOptions = true,
    description = "Invitations of people to the organisation.")
public final class InvitesCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListInvites.class),
        new Nested("create", Create.class),
        new Nested("delete", Delete.class));
  }

  @Command(name = "list", description = "List the invitations that can still be accepted.")
  static final class ListInvites extends ApiCommand {
    @Override
    protected void run(Api api) {
      printRows(api.get("/v1/members/invites/"), "inviteeEmail", "role.name", "expiresAt", "id");
    }
  }

  @Command(name = "create", description = "Invite a person.")
  static final class Create extends ApiCommand {
    @Parameters(paramLabel = "EMAIL", description = "E-mail address of the person.")
    private String email = "";

    @Option(
        names = "--role",
        required = true,
        paramLabel = "ROLE",
        description = "Role the person gets: name or id.")
    private String role = "";

    @Override
    protected void run(Api api) {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("email", email);
      body.put("role_id", new Lookup(api).role(role));
      JsonNode invite = api.post("/v1/members/invites/", body);
      printFields(invite, "inviteeEmail", "role.name", "expiresAt", "id");
      if (!wantsJson()) {
        String link =
            api.get(
                    "/v1/members/invites/"
                        + Lookup.encoded(invite.path("id").asString(""))
                        + "/link/")
                .path("link")
                .asString("");
        out()
            .println(
                "\nGive this link to the person, and to nobody else:\n\n  " + Printable.of(link));
        out()
            .println(
                "\nThe person accepts with:\n\n  lockstep invite accept " + Printable.of(link));
      }
    }
  }

  @Command(name = "delete", description = "Take an invitation back.")
  static final class Delete extends ApiCommand {
    @Parameters(paramLabel = "INVITE", description = "Id of the invitation.")
    private String invite = "";

    @Override
    protected void run(Api api) {
      printDone(
          api.delete("/v1/members/invites/" + Lookup.encoded(invite) + "/"),
          "The invitation was taken back.");
    }
  }
}
