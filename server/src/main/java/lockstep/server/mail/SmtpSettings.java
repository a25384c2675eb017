package lockstep.server.mail;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * How to reach a mail server. Holds a password, so it has no readable form.
 *
 * @param security how the connection is protected
 * @param user who to log in as, if the server asks for that
 */
public record SmtpSettings(
    String host, int port, Security security, Optional<String> user, Optional<String> password) {

  /** How a connection is protected. */
  public enum Security {
    /** Plain text: for a mail server on the same machine or network. */
    NONE,
    /** Plain text first, then TLS; refused if the server does not offer it. */
    STARTTLS,
    /** TLS from the first byte. */
    TLS
  }

  private static final String RULE =
      "must be of the form smtp://user:password@host:port, smtps://user:password@host:port, or"
          + " smtp://user:password@host:port?starttls=true";
  private static final int SMTP_PORT = 25;
  private static final int SUBMISSION_PORT = 587;
  private static final int SUBMISSION_TLS_PORT = 465;

  /**
   * Reads {@code smtp://user:password@host:port}: {@code smtps} for TLS, {@code ?starttls=true} for
   * STARTTLS. User, password and port can be left out; the former two are percent-encoded.
   *
   * @throws IllegalArgumentException if the text is anything else; the message tells the rule and
   *     nothing of the text
   */
  public static SmtpSettings parse(String text) {
    URI uri = uri(text);
    if (uri.getHost() == null || !(uri.getPath().isEmpty() || uri.getPath().equals("/"))) {
      throw new IllegalArgumentException(RULE);
    }
    Security security = security(uri);
    Optional<String> userInfo = Optional.ofNullable(uri.getRawUserInfo());
    if (userInfo.isPresent() && !userInfo.get().contains(":")) {
      throw new IllegalArgumentException(RULE);
    }
    return new SmtpSettings(
        uri.getHost().replaceAll("^\\[|]$", ""),
        uri.getPort() < 0 ? usualPort(security) : uri.getPort(),
        security,
        userInfo.map(info -> decoded(info.substring(0, info.indexOf(':')))),
        userInfo.map(info -> decoded(info.substring(info.indexOf(':') + 1))));
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      // The exception quotes the text, which holds a password.
      throw new IllegalArgumentException(RULE);
    }
  }

  private static Security security(URI uri) {
    String query = uri.getQuery() == null ? "" : uri.getQuery().toLowerCase(Locale.ROOT);
    String form = uri.getScheme() + (query.isEmpty() ? "" : "?" + query);
    return switch (form.toLowerCase(Locale.ROOT)) {
      case "smtp", "smtp?starttls=false" -> Security.NONE;
      case "smtp?starttls=true" -> Security.STARTTLS;
      case "smtps" -> Security.TLS;
      default -> throw new IllegalArgumentException(RULE);
    };
  }

  private static int usualPort(Security security) {
    return switch (security) {
      case NONE -> SMTP_PORT;
      case STARTTLS -> SUBMISSION_PORT;
      case TLS -> SUBMISSION_TLS_PORT;
    };
  }

  private static String decoded(String percentEncoded) {
    return URLDecoder.decode(percentEncoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "SmtpSettings[" + host + ":" + port + ", credentials not shown]";
  }
}
