package lockstep.server.apps;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import lockstep.server.environments.ClientEnvironment;
import lockstep.server.environments.EnvironmentName;
import lockstep.server.environments.EnvironmentType;
import lockstep.server.environments.NewEnvironment;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.store.FoldedName;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests about apps. */
final class AppBodies {

  private static final int MAXIMUM_NAME = 64;
  private static final int MAXIMUM_DESCRIPTION = 10_000;
  private static final int MAXIMUM_ENVIRONMENTS = 100;

  private AppBodies() {}

  static Apps.NewApp newApp(Fields body) {
    String name = body.requiredCleanedText("name", MAXIMUM_NAME);
    @Nullable String description = description(body);
    return new Apps.NewApp(name, description, environments(body));
  }

  static Apps.NewEndToEndApp newEndToEndApp(Fields body) {
    String name = body.requiredCleanedText("name", MAXIMUM_NAME);
    @Nullable String description = description(body);
    return new Apps.NewEndToEndApp(name, description, ClientEnvironment.readAll(body));
  }

  static Apps.AppChange change(Fields body) {
    if (!body.has("name") && !body.has("description")) {
      throw ApiException.badRequest("At least one of 'name' or 'description' must be provided.");
    }
    Optional<String> name =
        body.has("name")
            ? Optional.of(body.requiredCleanedText("name", MAXIMUM_NAME))
            : Optional.empty();
    return new Apps.AppChange(name, body.has("description"), description(body));
  }

  private static @Nullable String description(Fields body) {
    return body.cleanedText("description", MAXIMUM_DESCRIPTION)
        .filter(text -> !text.isEmpty())
        .orElse(null);
  }

  private static List<NewEnvironment> environments(Fields body) {
    if (!body.has("environments")) {
      return NewEnvironment.DEFAULTS;
    }
    List<JsonValue> names =
        body.value("environments")
            .flatMap(JsonValue::list)
            .orElseThrow(
                () ->
                    ApiException.badRequest("'environments' must be a list of environment names."));
    if (names.isEmpty()) {
      throw ApiException.badRequest("'environments' must not be empty.");
    }
    if (names.size() > MAXIMUM_ENVIRONMENTS) {
      throw ApiException.badRequest(
          "'environments' cannot exceed " + MAXIMUM_ENVIRONMENTS + " entries.");
    }
    List<NewEnvironment> environments = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonValue entry : names) {
      String text =
          entry
              .text()
              .map(String::strip)
              .filter(name -> !name.isEmpty())
              .orElseThrow(
                  () ->
                      ApiException.badRequest("Each environment name must be a non-empty string."));
      if (!seen.add(FoldedName.of(text))) {
        throw ApiException.badRequest("Duplicate environment name: '" + Echo.shorten(text) + "'.");
      }
      environments.add(
          new NewEnvironment(
              new EnvironmentName(text), EnvironmentType.CUSTOM, environments.size()));
    }
    return environments;
  }
}
