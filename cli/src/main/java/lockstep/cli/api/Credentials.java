package lockstep.cli.api;

import java.util.regex.Pattern;

/**
 * A server and a token for it, as they were typed or stored.
 *
 * @param token a whole token, or the bearer form of one, which opens no secrets
 */
public record Credentials(String address, String token) {

  private static final Pattern BEARER = Pattern.compile("(User|ServiceAccount) [0-9a-fA-F]{64}");

  /**
   * The token with its keys.
   *
   * @throws CommandException if this is only the bearer form, which has none
   */
  public String wholeToken() {
    String text = token.strip();
    if (BEARER.matcher(text).matches()) {
      throw new CommandException(
          "secrets are decrypted here, for which the whole token is needed (pss_user:... or"
              + " pss_service:...); only its bearer form is known. Run 'lockstep login' again with"
              + " the whole token");
    }
    return text;
  }

  @Override
  public String toString() {
    return "Credentials[" + address + ", token not shown]";
  }
}
