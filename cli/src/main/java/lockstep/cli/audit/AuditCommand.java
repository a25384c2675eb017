package lockstep.cli.audit;

import java.util.List;
import lockstep.cli.api.CommandGroup;
import picocli.CommandLine.Command;

/** {@code lockstep audit}. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Who read or changed what, and whether that record is complete.")
public final class AuditCommand implements CommandGroup {

  @Override
  public List<Nested> nested() {
    return List.of(
        new Nested("list", ListCommand.class),
        new Nested("export", ExportCommand.class),
        new Nested("verify", VerifyCommand.class));
  }
}
