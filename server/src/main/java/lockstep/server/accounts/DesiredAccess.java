package lockstep.server.accounts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import lockstep.server.access.AccountKind;
import lockstep.server.access.GrantableApp;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;

/**
 * All apps that an account shall be individually listed on, with the environments it shall have
 * individual grants for.
 */
public record DesiredAccess(Map<AppId, Set<EnvironmentId>> apps) {

  /** Keeps a copy of the map. */
  public DesiredAccess {
    apps = Map.copyOf(apps);
  }

  /** The environments of all apps. */
  public Set<EnvironmentId> environments() {
    Set<EnvironmentId> all = new HashSet<>();
    apps.values().forEach(all::addAll);
    return all;
  }

  /** The ids of apps that the list names, as far as they are ids; checks nothing. */
  public static Set<AppId> mentionedApps(Fields body) {
    Set<AppId> ids = new HashSet<>();
    for (JsonValue entry : body.value("apps").flatMap(JsonValue::list).orElse(List.of())) {
      entry
          .object()
          .flatMap(fields -> fields.value("id"))
          .flatMap(JsonValue::text)
          .flatMap(AppId::parse)
          .ifPresent(ids::add);
    }
    return ids;
  }

  /** The member {@code apps}, which must be a list. */
  public static List<JsonValue> entries(Fields body) {
    return body.value("apps")
        .filter(value -> !value.isNull())
        .orElseThrow(() -> body.missing("apps"))
        .list()
        .orElseThrow(() -> ApiException.badRequest("'apps' must be a list."));
  }

  /**
   * Reads a body against the apps it mentions. Of an app that is listed twice the last entry
   * counts.
   *
   * @param kind of the account, because the refusals differ
   * @throws ApiException if an entry is not in order, or the caller has not got what it wants to
   *     give
   */
  static DesiredAccess read(Fields body, AccountKind kind, Map<AppId, GrantableApp> known) {
    Map<AppId, Set<EnvironmentId>> apps = new LinkedHashMap<>();
    for (JsonValue entry : entries(body)) {
      Fields fields =
          entry
              .object()
              .orElseThrow(
                  () ->
                      ApiException.badRequest(
                          "Each entry in 'apps' must be an object with 'id' and 'environments'."));
      String id =
          fields
              .text("id")
              .filter(text -> !text.isEmpty())
              .orElseThrow(
                  () -> ApiException.badRequest("Each app entry must have an 'id' field."));
      GrantableApp app =
          AppId.parse(id)
              .flatMap(appId -> Optional.ofNullable(known.get(appId)))
              .orElseThrow(() -> ApiException.notFound("App not found: " + Echo.shorten(id)));
      requireGrantable(app);
      apps.put(app.id(), environments(fields, kind, id, app));
    }
    return new DesiredAccess(apps);
  }

  private static void requireGrantable(GrantableApp app) {
    if (!app.sseEnabled()) {
      throw ApiException.badRequest(
          "App '%s' does not have SSE enabled. Only SSE apps are supported.".formatted(app.name()));
    }
    requireReached(app);
  }

  /**
   * Refuses to give access to an app that the caller has no access to.
   *
   * @throws ApiException 403
   */
  public static void requireReached(GrantableApp app) {
    if (!app.reached()) {
      throw ApiException.forbidden("You don't have access to app '" + app.name() + "'.");
    }
  }

  /**
   * Refuses to give access to environments that the caller cannot open.
   *
   * @throws ApiException 403
   */
  public static void requireOpened(GrantableApp app, Collection<EnvironmentId> environments) {
    if (!app.opened().containsAll(environments)) {
      throw ApiException.forbidden(
          "You don't have access to one or more environments in app '" + app.name() + "'.");
    }
  }

  private static Set<EnvironmentId> environments(
      Fields entry, AccountKind kind, String appId, GrantableApp app) {
    List<String> ids =
        texts(entry.value("environments"))
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "Each app entry must have an 'environments' list of environment IDs."));
    if (ids.isEmpty()) {
      String where = kind == AccountKind.MEMBER ? " entirely." : ".";
      throw ApiException.badRequest(
          "'environments' for app '"
              + Echo.shorten(appId)
              + "' must not be empty. To revoke all access, remove the app from the list"
              + where);
    }
    Set<EnvironmentId> environments = known(ids, app, "");
    requireOpened(app, environments);
    return environments;
  }

  /** A list of strings, and nothing else in it. */
  public static Optional<List<String>> texts(Optional<JsonValue> value) {
    List<JsonValue> elements = value.flatMap(JsonValue::list).orElse(null);
    if (elements == null) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    elements.forEach(element -> element.text().ifPresent(texts::add));
    return texts.size() == elements.size() ? Optional.of(texts) : Optional.empty();
  }

  /**
   * The environments with these ids.
   *
   * @param end what the refusal ends with
   * @throws ApiException 404 if the app has no such environments
   */
  public static Set<EnvironmentId> known(List<String> ids, GrantableApp app, String end) {
    Set<EnvironmentId> found = new LinkedHashSet<>();
    Set<String> unknown = new LinkedHashSet<>();
    for (String id : ids) {
      EnvironmentId.parse(id)
          .filter(app.environments()::contains)
          .ifPresentOrElse(found::add, () -> unknown.add(Echo.shorten(id)));
    }
    if (!unknown.isEmpty()) {
      throw ApiException.notFound(
          "Environment(s) not found in app '%s': %s%s"
              .formatted(app.name(), String.join(", ", unknown), end));
    }
    return found;
  }
}
