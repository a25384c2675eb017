package lockstep.server.apps;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import lockstep.server.environments.Environment;
import org.jspecify.annotations.Nullable;

/** The answer to the creation of an app. */
record AppWithEnvironments(
    UUID id,
    String name,
    @Nullable String description,
    boolean sseEnabled,
    Instant createdAt,
    Instant updatedAt,
    List<Environment> environments) {

  static AppWithEnvironments of(App app, List<Environment> environments) {
    return new AppWithEnvironments(
        app.id(),
        app.name(),
        app.description(),
        app.sseEnabled(),
        app.createdAt(),
        app.updatedAt(),
        environments);
  }
}
