package lockstep.cli.serverkey;

import picocli.CommandLine.Command;

/** {@code lockstep server-key}. */
@Command(
    name = "server-key",
    mixinStandardHelpOptions = true,
    description = "Which server key is in use, and letting a new one take its place.",
    subcommands = {StatusCommand.class, RotateCommand.class})
public final class ServerKeyCommand {}
