package lockstep.cli.api;

import java.net.URI;
import lockstep.crypto.CryptoException;
import lockstep.crypto.Token;

/**
 * A server and the credentials for it.
 *
 * @param authorization value of the header, such as {@code Bearer User <64 hex digits>}
 */
public record Connection(URI address, String authorization) {

  /**
   * Accepts a whole token as it was shown when it was made, or its bearer form ({@code User <64 hex
   * digits>}).
   *
   * @throws CommandException if the address or the token is not legal; the token is not repeated
   */
  public static Connection of(String address, String token) {
    return new Connection(address(address), "Bearer " + bearer(token.strip()));
  }

  /**
   * A server for which there are no credentials yet.
   *
   * @throws CommandException if the address is not legal
   */
  public static Connection anonymous(String address) {
    return new Connection(address(address), "");
  }

  /** The address in the one form in which addresses are compared. */
  static URI address(String text) {
    try {
      URI address = URI.create(text.endsWith("/") ? text : text + "/");
      if (address.getHost() != null
          && ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Reported below.
    }
    throw new CommandException("the address must be of the form https://host:port");
  }

  /**
   * The same, if nobody on the way can read along: over {@code https}, or to this machine.
   *
   * @throws CommandException otherwise
   */
  Connection encrypted() {
    String host = address.getHost();
    if (!"https".equals(address.getScheme()) && !isLoopback(host)) {
      throw new CommandException(
          "what is sent and received would go unencrypted over the network to "
              + host
              + "; use https, or --allow-plain-http if you trust the network");
    }
    return this;
  }

  /** Goes by what is written; no name is looked up. */
  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }

  private static String bearer(String token) {
    if (token.matches("(User|ServiceAccount) [0-9a-fA-F]{64}")) {
      return token;
    }
    try {
      return Token.parse(token).bearerHeaderValue();
    } catch (CryptoException e) {
      throw new CommandException(
          "the token is not legal; use it exactly as it was shown (pss_user:... or"
              + " pss_service:...)");
    }
  }

  @Override
  public String toString() {
    return "Connection[" + address + ", credentials not shown]";
  }
}
