package lockstep.cli.api;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which server to ask and with which token, for every command alike. */
public final class ServerOptions {

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Server and token to use, as stored by 'lockstep login'. [LOCKSTEP_PROFILE]")
  private @Nullable String profile;

  @Option(
      names = "--address",
      paramLabel = "URL",
      description = "Address of the server. [LOCKSTEP_ADDRESS]")
  private @Nullable String address;

  @Mixin private final PlainHttp plainHttp = new PlainHttp();

  /** Takes one of these options without picocli; false if it is another. */
  public boolean takeFlag(String name) {
    return plainHttp.takeFlag(name);
  }

  /** Takes one of these options without picocli; false if it is another. */
  public boolean takeOption(String name, String value) {
    switch (name) {
      case "--profile" -> profile = value;
      case "--address" -> address = value;
      default -> {
        return false;
      }
    }
    return true;
  }

  /** The server and the token. */
  public Credentials credentials() {
    return new Profiles(System.getenv())
        .credentials(Optional.ofNullable(profile), Optional.ofNullable(address));
  }

  /** Whether they may be sent to other machines unencrypted. */
  public boolean allowPlainHttp() {
    return plainHttp.isAllowed();
  }
}
