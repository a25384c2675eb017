package lockstep.server.security;

import java.util.Arrays;

/**
 * What a role allows, written out a second time: a class and the initials of the actions (create,
 * read, update, delete). Classes that no route asks for are left out.
 */
enum MatrixRole {
  OWNER(
      "Apps:crud Members:crud MemberPersonalAccessTokens:crud ServiceAccounts:crud"
          + " ServiceAccountTokens:crud Roles:crud NetworkAccessPolicies:crud Teams:crud Logs:r",
      "Environments:crud Secrets:crud EncryptionMode:ru Lockbox:crud"),
  ADMIN(
      "Apps:crud Members:crud MemberPersonalAccessTokens:crud ServiceAccounts:crud"
          + " ServiceAccountTokens:crud Roles:crud NetworkAccessPolicies:crud Teams:crud Logs:r",
      "Environments:crud Secrets:crud EncryptionMode:ru Lockbox:crud"),
  MANAGER(
      "Apps:crud Members:crud ServiceAccounts:crud ServiceAccountTokens:crud Roles:crud"
          + " NetworkAccessPolicies:crud Teams:crud Logs:r",
      "Environments:cru Secrets:crud EncryptionMode:ru Lockbox:crud"),
  DEVELOPER(
      "Apps:r Members:r Roles:r NetworkAccessPolicies:r Teams:r Logs:r",
      "Environments:cru Secrets:crud EncryptionMode:ru Lockbox:crud"),
  SERVICE(
      "Apps:cru Members:r ServiceAccounts:r ServiceAccountTokens:r Roles:r NetworkAccessPolicies:r",
      "Environments:crud Secrets:crud EncryptionMode:r"),
  EVERYTHING(
      "Apps:crud Members:crud MemberPersonalAccessTokens:crud ServiceAccounts:crud"
          + " ServiceAccountTokens:crud Roles:crud NetworkAccessPolicies:crud Teams:crud Logs:r",
      "Environments:crud Secrets:crud EncryptionMode:ru Lockbox:crud"),
  NOTHING("", "");

  private final String organisation;
  private final String app;

  MatrixRole(String organisation, String app) {
    this.organisation = organisation;
    this.app = app;
  }

  boolean allowsInOrganisation(String resource, char action) {
    return allows(organisation, resource, action);
  }

  boolean allowsInApp(String resource, char action) {
    return allows(app, resource, action);
  }

  private static boolean allows(String table, String resource, char action) {
    return Arrays.stream(table.split(" ", -1))
        .filter(entry -> entry.startsWith(resource + ":"))
        .anyMatch(entry -> entry.indexOf(action, resource.length()) >= 0);
  }
}
