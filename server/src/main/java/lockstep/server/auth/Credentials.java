package lockstep.server.auth;

import java.util.Arrays;
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
    String[] parts = header.get().split(" ", -1);
    if (parts.length < 3
        || Arrays.stream(parts, 0, 3).anyMatch(String::isEmpty)
        || !parts[0].equalsIgnoreCase("Bearer")) {
      throw invalid();
    }
    return new Credentials(kind(parts[1], acceptServiceTokens), parts[2]);
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
