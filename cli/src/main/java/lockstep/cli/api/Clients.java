package lockstep.cli.api;

import java.util.Optional;
import lockstep.client.LockstepClient;
import lockstep.client.OfflineCache;

/** Clients for commands that encrypt and decrypt. */
public final class Clients {

  private Clients() {}

  /**
   * A client for these credentials.
   *
   * @param allowPlainHttp whether the token may go over a network unencrypted
   * @throws CommandException if address or token are not legal, or the token has no keys
   */
  public static LockstepClient open(
      Credentials credentials, boolean allowPlainHttp, Optional<OfflineCache> cache) {
    try {
      var builder =
          LockstepClient.builder()
              .address(credentials.address())
              .token(credentials.wholeToken())
              .userAgent("lockstep-cli/" + ProgramVersion.text());
      if (allowPlainHttp) {
        builder.allowPlainHttp();
      }
      cache.ifPresent(builder::offlineCache);
      return builder.build();
    } catch (IllegalArgumentException e) {
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }
}
