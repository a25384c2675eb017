package lockstep.server.access;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What the default roles allow, one column each. A cell has a letter for each allowed action, in
 * the order create, read, update, delete, and a dash for each one that is not.
 */
final class DefaultPermissions {

  private static final String ORGANISATION =
      """
      Resource                    Owner  Admin  Manager  Developer  Service
      Organisation                crud   -ru-   -r--     ----       ----
      Billing                     crud   crud   crud     ----       ----
      Apps                        crud   crud   crud     -r--       cru-
      Members                     crud   crud   crud     -r--       -r--
      MemberPersonalAccessTokens  crud   crud   ----     ----       ----
      ServiceAccounts             crud   crud   crud     ----       -r--
      ServiceAccountTokens        crud   crud   crud     ----       -r--
      ExternalIdentities          crud   crud   crud     ----       -r--
      Roles                       crud   crud   crud     -r--       -r--
      IntegrationCredentials      crud   crud   crud     cru-       -r--
      NetworkAccessPolicies       crud   crud   crud     -r--       -r--
      Logs                        -r--   -r--   -r--     -r--       ----
      SSO                         crud   crud   ----     ----       ----
      Teams                       crud   crud   crud     -r--       ----
      SCIM                        crud   crud   ----     ----       ----
      LogStreams                  crud   crud   ----     ----       ----
      """;

  private static final String APP =
      """
      Resource                    Owner  Admin  Manager  Developer  Service
      Environments                crud   crud   cru-     cru-       crud
      Secrets                     crud   crud   crud     crud       crud
      DynamicSecretLeases         crud   crud   crud     cr--       cr--
      RotatingSecrets             crud   crud   crud     -r--       -r--
      Lockbox                     crud   crud   crud     crud       ----
      Logs                        crud   crud   crud     -r--       ----
      Tokens                      crud   crud   crud     cr--       ----
      Members                     crud   crud   crud     -r--       -r--
      ServiceAccounts             crud   crud   crud     c---       -r--
      Integrations                crud   crud   crud     crud       -r--
      EncryptionMode              -ru-   -ru-   -ru-     -ru-       -r--
      Teams                       crud   crud   crud     -r--       -r--
      """;

  private DefaultPermissions() {}

  static PermissionSet ofColumn(String role) {
    return new PermissionSet(
        column(
            ORGANISATION,
            role,
            OrganisationResource.class,
            name -> OrganisationResource.ofWireName(name).orElseThrow()),
        column(APP, role, AppResource.class, name -> AppResource.ofWireName(name).orElseThrow()));
  }

  private static <K extends Enum<K>> Map<K, Set<Action>> column(
      String table, String role, Class<K> kinds, Function<String, K> kindOf) {
    List<List<String>> rows = table.lines().map(DefaultPermissions::cells).toList();
    int column = rows.getFirst().indexOf(role);
    Map<K, Set<Action>> permissions = new EnumMap<>(kinds);
    for (List<String> row : rows.subList(1, rows.size())) {
      permissions.put(kindOf.apply(row.getFirst()), actions(row.get(column)));
    }
    return permissions;
  }

  private static List<String> cells(String row) {
    return Arrays.asList(row.split(" +", -1));
  }

  private static Set<Action> actions(String cell) {
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (Action action : Action.values()) {
      if (cell.indexOf(action.wireName().charAt(0)) >= 0) {
        actions.add(action);
      }
    }
    return actions;
  }
}
