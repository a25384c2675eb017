package lockstep.server.roles;

import java.util.Optional;
import java.util.stream.Stream;
import lockstep.server.access.PermissionSet;
import lockstep.server.http.ApiException;
import lockstep.server.http.CleanText;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;

/** Reads the members of the bodies of requests about roles. */
final class RoleBodies {

  private static final int MAXIMUM_NAME = 64;
  private static final int MAXIMUM_DESCRIPTION = 500;
  private static final int MAXIMUM_COLOR = 7;

  private RoleBodies() {}

  static void requireAnything(Fields body) {
    if (Stream.of("name", "permissions", "description", "color").noneMatch(body::has)) {
      throw ApiException.badRequest("At least one field must be provided.");
    }
  }

  static String requiredName(Fields body) {
    return body.requiredCleanedText("name", MAXIMUM_NAME);
  }

  static Optional<String> name(Fields body) {
    return body.has("name") ? Optional.of(requiredName(body)) : Optional.empty();
  }

  static PermissionSet requiredPermissions(Fields body) {
    return PermissionsBody.read(
        body.value("permissions")
            .flatMap(JsonValue::object)
            .filter(object -> !object.names().isEmpty())
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "Missing required field: permissions (must be a JSON object)")));
  }

  static Optional<PermissionSet> permissions(Fields body) {
    if (!body.has("permissions")) {
      return Optional.empty();
    }
    return Optional.of(
        PermissionsBody.read(
            body.value("permissions")
                .flatMap(JsonValue::object)
                .orElseThrow(() -> ApiException.badRequest("Permissions must be a JSON object."))));
  }

  static Optional<String> description(Fields body) {
    return body.cleanedText("description", MAXIMUM_DESCRIPTION);
  }

  static Optional<String> color(Fields body) {
    Optional<String> color = body.text("color");
    if (color.isPresent() && CleanText.length(color.get()) > MAXIMUM_COLOR) {
      throw ApiException.badRequest("Role color cannot exceed 7 characters.");
    }
    return color;
  }
}
