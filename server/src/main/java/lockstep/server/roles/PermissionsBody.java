package lockstep.server.roles;

import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;

/**
 * Reads what a role is to allow. Strict: a misspelt name that was ignored would leave a role weaker
 * than its author believes, or stronger after an edit.
 */
final class PermissionsBody {

  private static final String ORGANISATION = "permissions";
  private static final String APP = "app_permissions";
  private static final String APP_ALIAS = "appPermissions";

  private PermissionsBody() {}

  static PermissionSet read(Fields object) {
    String app = object.isPresentEvenNull(APP) ? APP : APP_ALIAS;
    refuseUnknown(object, Set.of(ORGANISATION, app));
    requireBoth(object, app);
    Optional<Fields> organisationMap = map(object, ORGANISATION, ORGANISATION);
    Optional<Fields> appMap = map(object, app, APP);
    return new PermissionSet(
        permissions(
            organisationMap,
            new Kind<>(
                "org",
                OrganisationResource.class,
                OrganisationResource::ofWireName,
                OrganisationResource::wireName,
                OrganisationResource::validActions)),
        permissions(
            appMap,
            new Kind<>(
                "app",
                AppResource.class,
                AppResource::ofWireName,
                AppResource::wireName,
                AppResource::validActions)));
  }

  private static void refuseUnknown(Fields object, Set<String> known) {
    Set<String> unknown = new TreeSet<>(object.names());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw ApiException.badRequest(
          "Unknown top-level keys: %s. Allowed keys: permissions, app_permissions."
              .formatted(Echo.shorten(String.join(", ", unknown))));
    }
  }

  private static void requireBoth(Fields object, String app) {
    Set<String> missing = new TreeSet<>();
    if (!object.isPresentEvenNull(ORGANISATION)) {
      missing.add(ORGANISATION);
    }
    if (!object.isPresentEvenNull(app)) {
      missing.add(APP);
    }
    if (!missing.isEmpty()) {
      throw ApiException.badRequest(
          "Missing required keys: %s. Required keys: permissions, app_permissions."
              .formatted(String.join(", ", missing)));
    }
  }

  /** Empty for null, which allows nothing. */
  private static Optional<Fields> map(Fields object, String name, String shownName) {
    if (!object.has(name)) {
      return Optional.empty();
    }
    return Optional.of(
        object
            .value(name)
            .flatMap(JsonValue::object)
            .orElseThrow(() -> ApiException.badRequest(shownName + " must be a JSON object.")));
  }

  private static <K extends Enum<K>> Map<K, Set<Action>> permissions(
      Optional<Fields> map, Kind<K> kind) {
    Map<K, Set<Action>> permissions = new EnumMap<>(kind.type());
    map.ifPresent(
        fields ->
            fields
                .names()
                .forEach(
                    name -> {
                      K known = kind.named(name);
                      List<JsonValue> actions =
                          fields
                              .value(name)
                              .flatMap(JsonValue::list)
                              .orElseThrow(
                                  () ->
                                      ApiException.badRequest(
                                          "Actions for '" + name + "' must be an array."));
                      permissions.put(known, actions(actions, kind, known));
                    }));
    return permissions;
  }

  private static <K extends Enum<K>> Set<Action> actions(
      List<JsonValue> names, Kind<K> kind, K known) {
    Set<Action> valid = kind.validActions().apply(known);
    Set<Action> actions = EnumSet.noneOf(Action.class);
    for (JsonValue name : names) {
      actions.add(
          name.text()
              .flatMap(Action::ofWireName)
              .filter(valid::contains)
              .orElseThrow(
                  () ->
                      ApiException.badRequest(
                          "Unknown action '%s' for %s permission class '%s'. Valid actions: %s."
                              .formatted(
                                  Echo.shorten(name.echo()),
                                  kind.adjective(),
                                  kind.nameOf().apply(known),
                                  sorted(valid, Action::wireName)))));
    }
    return actions;
  }

  private static <T> String sorted(Collection<T> values, Function<T, String> nameOf) {
    return values.stream().map(nameOf).sorted().collect(Collectors.joining(", "));
  }

  /** One of the two kinds of maps. */
  private record Kind<K extends Enum<K>>(
      String adjective,
      Class<K> type,
      Function<String, Optional<K>> ofName,
      Function<K, String> nameOf,
      Function<K, Set<Action>> validActions) {

    K named(String name) {
      return ofName
          .apply(name)
          .orElseThrow(
              () ->
                  ApiException.badRequest(
                      "Unknown %s permission class: '%s'. Valid classes: %s."
                          .formatted(
                              adjective,
                              Echo.shorten(name),
                              sorted(Arrays.asList(type.getEnumConstants()), nameOf))));
    }
  }
}
