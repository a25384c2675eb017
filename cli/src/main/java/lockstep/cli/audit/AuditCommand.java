package lockstep.cli.audit;

import picocli.CommandLine.Command;

/** {@code lockstep audit}. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Who read or changed what, and whether that record is complete.",
    subcommands = {ListCommand.class, ExportCommand.class, VerifyCommand.class})
public final class AuditCommand {}
