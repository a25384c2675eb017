package lockstep.server.auth;

import java.util.Optional;
import lockstep.server.access.AccountKind;
import lockstep.server.http.ApiException;

/**
 * What an {@code Authorization} header claims: {@code Bearer <type> <token>}. Holds a token, so it
 * has no readable form.
 */
final class Credentials {

  private final AccountKind kind;
  private final String bearerToken;

  private Credentials(AccountKind kind, String bearerToken) {
    this.kind = kind;
    this.bearerToken = bearerToken;
  }

  /**
   * Reads a header value.
   *
   * @throws ApiException 401 if there is none, or it is not of this form
   */
  static Credentials parse(Optional<String> header, boolean acceptServiceTokens) {
    if (header.isEmpty() || header.get().isEmpty()) {
      throw ApiException.unauthorized("Authentication credentials were not provided.");
    }
    String text = header.get();
    int scheme = partEnd(text, 0);
    int type = partEnd(text, scheme + 1);
    int token = partEnd(text, type + 1);
    if (!text.substring(0, scheme).equalsIgnoreCase("Bearer")) {
      throw invalid();
    }
    return new Credentials(
        kind(text.substring(scheme + 1, type), acceptServiceTokens),
        text.substring(type + 1, token));
  }

  /** Where the part ends that begins here. */
  private static int partEnd(String text, int start) {
    int space = start < text.length() ? text.indexOf(' ', start) : start;
    int end = space < 0 ? text.length() : space;
    if (end == start) {
      throw invalid();
    }
    return end;
  }

  private static AccountKind kind(String type, boolean acceptServiceTokens) {
    if (type.equals("Service") && !acceptServiceTokens) {
      throw invalid();
    }
    return switch (type) {
      case "User" -> AccountKind.MEMBER;
      case "ServiceAccount" -> AccountKind.SERVICE_ACCOUNT;
      case "Service" -> AccountKind.SERVICE_TOKEN;
      default -> throw invalid();
    };
  }

  private static ApiException invalid() {
    return ApiException.unauthorized("Invalid token");
  }

  AccountKind kind() {
    return kind;
  }

  String bearerToken() {
    return bearerToken;
  }

  @Override
  public String toString() {
    return "Credentials[" + kind + ", token not shown]";
  }
}
