package lockstep.cli.api;

import java.util.Optional;
import lockstep.client.LockstepClient;
import lockstep.client.OfflineCache;

/** Clients for commands that encrypt and decrypt. */
public final class Clients {

  private Clients() {}

  /**
   * A client of this server.
   *
   * @throws CommandException if address or token are not legal, or the token has no keys
   */
  public static LockstepClient open(ServerOptions server, Optional<OfflineCache> cache) {
    Credentials credentials = server.credentials();
    try {
      var builder =
          LockstepClient.builder()
              .address(credentials.address())
              .token(credentials.wholeToken())
              .userAgent("lockstep-cli/" + ProgramVersion.text())
              .briefly();
      if (server.allowPlainHttp()) {
        builder.allowPlainHttp();
      }
      cache.ifPresent(builder::offlineCache);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
