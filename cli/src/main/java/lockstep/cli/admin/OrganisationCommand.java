package lockstep.cli.admin;

import java.util.List;
import java.util.Map;
import lockstep.cli.api.Api;
import lockstep.cli.api.ApiCommand;
import lockstep.cli.api.CommandGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lockstep organisation}. */
@Command(
    name = "organisation",
    mixinStandardHelpOptions = true,
    description = "The organisation itself: who owns it.")
public final class OrganisationCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(new Nested("transfer-ownership", TransferOwnership.class));
  }

  @Command(
      name = "transfer-ownership",
      description = {
        "Make another member the Owner; you become an Admin.",
        "",
        "The member must have a role with global access, such as Admin:",
        "  lockstep members role nadia@example.com Admin",
        ""
      })
  static final class TransferOwnership extends ApiCommand {
    @Parameters(paramLabel = "MEMBER", description = "E-mail address or id.")
    private String member = "";

    @Override
    protected void run(Api api) {
      printDone(
          api.post(
              "/v1/organisation/transfer-ownership/",
              Map.of("member_id", new Lookup(api).member(member))),
          member + " owns the organisation now. You are an Admin.");
    }
  }
}
