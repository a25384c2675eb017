package lockstep.server.access;

import lockstep.server.http.ApiException;

/** What a caller without a permission is told. */
final class Refusals {

  private Refusals() {}

  static String of(OrganisationResource resource, Action action) {
    return "You don't have permission to %s %s.".formatted(action.wireName(), nounOf(resource));
  }

  static String of(AppResource resource, Action action) {
    return "You don't have permission to %s %s.".formatted(action.wireName(), nounOf(resource));
  }

  /** The caller reaches the app, but has no key of the environment. */
  static ApiException environment(Caller caller) {
    return ApiException.forbidden(
        caller.isMember()
            ? "You don't have access to this environment."
            : "Service account doesn't have access to this environment.");
  }

  private static String nounOf(OrganisationResource resource) {
    return switch (resource) {
      case APPS -> "apps";
      case MEMBERS -> "members";
      case ROLES -> "roles";
      case TEAMS -> "teams";
      case SERVICE_ACCOUNTS -> "service accounts";
      case SERVICE_ACCOUNT_TOKENS -> "service account tokens";
      default -> spaced(resource.wireName());
    };
  }

  private static String nounOf(AppResource resource) {
    return switch (resource) {
      case ENVIRONMENTS -> "environments";
      case SECRETS -> "secrets in this environment";
      case LOCKBOX -> "lockboxes";
      default -> spaced(resource.wireName());
    };
  }

  private static String spaced(String wireName) {
    return wireName.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT);
  }
}
