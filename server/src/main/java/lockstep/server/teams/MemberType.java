package lockstep.server.teams;

import java.util.Optional;
import lockstep.server.access.AccountKind;
import lockstep.server.http.ApiException;

/** Which kind of accounts a request about the members of a team means. */
enum MemberType {
  USER(AccountKind.MEMBER),
  SERVICE_ACCOUNT(AccountKind.SERVICE_ACCOUNT);

  private final AccountKind kind;

  MemberType(AccountKind kind) {
    this.kind = kind;
  }

  AccountKind kind() {
    return kind;
  }

  /**
   * The type of this name; people unless named.
   *
   * @throws ApiException 400 if there is no such type
   */
  static MemberType of(Optional<String> name) {
    return switch (name.orElse("user")) {
      case "user" -> USER;
      case "service_account" -> SERVICE_ACCOUNT;
      default ->
          throw ApiException.badRequest(
              "'member_type' must be one of ['service_account', 'user'].");
    };
  }
}
