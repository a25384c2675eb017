package lockstep.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import lockstep.cli.api.Connection;
import lockstep.cli.api.PlainHttp;
import lockstep.cli.api.Profiles;
import lockstep.cli.api.SecretInput;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep login}: remembers a server and a token for it. */
@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    description = {
      "Remembers a server and your token for it, in a file that only you can read.",
      "",
      "The token is asked for on a terminal, or read from standard input: it never appears",
      "on a command line, where other users of the machine could see it.",
      ""
    })
final class LoginCommand implements Callable<Integer> {

  private static final int FORBIDDEN = 403;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--address",
      required = true,
      paramLabel = "URL",
      description = "Address of the server, such as https://secrets.example.com")
  private String address = "";

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = Profiles.DEFAULT,
      description = "Name to remember it under, '${DEFAULT-VALUE}' by default.")
  private String profile = Profiles.DEFAULT;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File whose first line is the token.")
  private @Nullable Path tokenFile;

  @Mixin private final PlainHttp plainHttp = new PlainHttp();

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String token = SecretInput.ofProcess().ask("token", Optional.ofNullable(tokenFile)).strip();
    Connection connection = Connection.of(address, token);
    try (Api api = new Api(connection, plainHttp.isAllowed())) {
      api.get("/v1/apps/");
    } catch (CommandException e) {
      // A token may be good and its role forbid this; only a token that is refused is no login.
      if (e.status().orElse(0) != FORBIDDEN) {
        throw e;
      }
    }
    Path file = new Profiles(System.getenv()).store(profile, address, token);
    out.println("Stored as profile '" + profile + "' in " + file);
    out.flush();
    return 0;
  }
}
