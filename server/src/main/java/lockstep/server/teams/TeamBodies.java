package lockstep.server.teams;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lockstep.server.access.GrantableApp;
import lockstep.server.accounts.DesiredAccess;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;

/** Reads the bodies of requests about teams. */
final class TeamBodies {

  private static final int MAXIMUM_NAME = 64;
  private static final int MAXIMUM_DESCRIPTION = 10_000;

  /**
   * What a client wants a team to be. Roles are ids; an empty one stands for no role, an absent one
   * for no change.
   */
  record Wanted(
      Optional<String> name,
      Optional<String> description,
      Optional<String> memberRole,
      Optional<String> serviceAccountRole) {

    boolean isEmpty() {
      return name.isEmpty()
          && description.isEmpty()
          && memberRole.isEmpty()
          && serviceAccountRole.isEmpty();
    }
  }

  /** Accounts that shall join. */
  record Joining(MemberType type, List<String> ids) {}

  private TeamBodies() {}

  static Wanted newTeam(Fields body) {
    refuseScimFlag(body);
    return wanted(body, Optional.of(body.requiredCleanedText("name", MAXIMUM_NAME)));
  }

  static Wanted change(Fields body) {
    refuseScimFlag(body);
    boolean nothing =
        !body.has("name")
            && !body.has("description")
            && !body.has("member_role_id")
            && !body.has("service_account_role_id");
    if (nothing) {
      throw ApiException.badRequest("At least one field must be provided.");
    }
    Optional<String> name =
        body.has("name")
            ? Optional.of(body.requiredCleanedText("name", MAXIMUM_NAME))
            : Optional.empty();
    return wanted(body, name);
  }

  private static Wanted wanted(Fields body, Optional<String> name) {
    return new Wanted(
        name,
        body.cleanedText("description", MAXIMUM_DESCRIPTION),
        body.text("member_role_id"),
        body.text("service_account_role_id"));
  }

  private static void refuseScimFlag(Fields body) {
    if (body.isPresentEvenNull("is_scim_managed") || body.isPresentEvenNull("isScimManaged")) {
      throw ApiException.badRequest(
          "The is_scim_managed flag is set automatically by the SCIM provisioning flow and cannot"
              + " be set via this endpoint.");
    }
  }

  static MemberType memberType(Fields body) {
    Optional<JsonValue> type = body.value("member_type").filter(value -> !value.isNull());
    return MemberType.of(type.map(value -> value.text().orElse("")));
  }

  static Joining joining(Fields body) {
    List<String> ids =
        DesiredAccess.texts(body.value("member_ids"))
            .filter(list -> !list.isEmpty())
            .orElseThrow(() -> ApiException.badRequest("'member_ids' must be a non-empty list."));
    return new Joining(memberType(body), List.copyOf(new LinkedHashSet<>(ids)));
  }

  /**
   * Reads what a team shall have in scope, by app.
   *
   * @param present what it has in scope already, which the caller need not be able to open
   */
  static Map<AppId, Set<EnvironmentId>> scope(
      Fields body, Map<AppId, GrantableApp> known, Set<EnvironmentId> present) {
    Map<AppId, Set<EnvironmentId>> scope = new LinkedHashMap<>();
    for (JsonValue entry : DesiredAccess.entries(body)) {
      Fields fields =
          entry
              .object()
              .orElseThrow(
                  () -> ApiException.badRequest("Each entry in 'apps' must be an object."));
      String id =
          fields
              .text("id")
              .filter(text -> !text.isEmpty())
              .orElseThrow(() -> ApiException.badRequest("Each app entry must have an 'id'."));
      List<String> environments =
          DesiredAccess.texts(fields.value("environments"))
              .filter(list -> !list.isEmpty())
              .orElseThrow(
                  () ->
                      ApiException.badRequest(
                          "App entry for '%s' must include a non-empty 'environments' list. To"
                                  .formatted(Echo.shorten(id))
                              + " revoke all team access for an app, omit it from the body."));
      GrantableApp app =
          AppId.parse(id)
              .flatMap(appId -> Optional.ofNullable(known.get(appId)))
              .orElseThrow(() -> ApiException.notFound("App not found: " + Echo.shorten(id) + "."));
      scope.put(app.id(), environments(app, environments, present));
    }
    return scope;
  }

  private static Set<EnvironmentId> environments(
      GrantableApp app, List<String> ids, Set<EnvironmentId> present) {
    if (!app.sseEnabled()) {
      throw ApiException.badRequest(
          "App '%s' does not have SSE enabled. Only SSE apps can be granted to teams."
              .formatted(app.name()));
    }
    DesiredAccess.requireReached(app);
    Set<EnvironmentId> environments = DesiredAccess.known(ids, app, ".");
    Set<EnvironmentId> added = new LinkedHashSet<>(environments);
    added.removeAll(present);
    DesiredAccess.requireOpened(app, added);
    return environments;
  }
}
