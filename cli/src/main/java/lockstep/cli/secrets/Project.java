package lockstep.cli.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import lockstep.cli.api.CommandException;
import lockstep.client.internal.JsonValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a project file says. It is the nearest {@code .lockstep.json} or, of those who come from
 * Phase, {@code .phase.json}, in the working directory or above it.
 *
 * @param apps what to call the app, best first: ids of another server may mean nothing on this one
 * @param environments the same of the environment
 */
record Project(List<String> apps, List<String> environments) {

  static final String FILE = ".lockstep.json";
  private static final String OF_PHASE = ".phase.json";
  private static final Project NONE = new Project(List.of(), List.of());

  /**
   * The project that a folder belongs to.
   *
   * @throws CommandException if its file cannot be read
   */
  static Project of(Path folder) {
    for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.isRegularFile(at.resolve(FILE))) {
        return read(at.resolve(FILE), List.of("app"), List.of("environment"));
      }
      if (Files.isRegularFile(at.resolve(OF_PHASE))) {
        return read(
            at.resolve(OF_PHASE), List.of("appId", "phaseApp"), List.of("envId", "defaultEnv"));
      }
    }
    return NONE;
  }

  private static Project read(Path file, List<String> app, List<String> environment) {
    try {
      JsonValue content = JsonValue.read(Files.readAllBytes(file));
      if (content.isObject()) {
        return new Project(texts(content, app), texts(content, environment));
      }
    } catch (IOException | JacksonException e) {
      // Reported below.
    }
    throw new CommandException("the file " + file + " cannot be read or is not JSON");
  }

  private static List<String> texts(JsonValue content, List<String> members) {
    return members.stream()
        .map(member -> content.path(member).text())
        .flatMap(Optional::stream)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** Writes the file of a project into a folder; an older one is replaced. */
  static Path write(Path folder, String app, String environment) {
    Path file = folder.resolve(FILE);
    String content =
        JsonMapper.shared()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(
                JsonNodeFactory.instance
                    .objectNode()
                    .put("app", app)
                    .put("environment", environment));
    try {
      Files.writeString(file, content + "\n");
    } catch (IOException e) {
      throw new CommandException("the file " + file + " cannot be written", e);
    }
    return file;
  }

  /** The same project, with what is given in place of what the file says. */
  Project with(Optional<String> app, Optional<String> environment) {
    // An id of an environment means nothing in another app; its name does.
    List<String> names =
        app.isEmpty() || environments.isEmpty() ? environments : List.of(environments.getLast());
    return new Project(app.map(List::of).orElse(apps), environment.map(List::of).orElse(names));
  }

  /** Every way to name the app and the environment, best first. */
  Stream<Place> places() {
    return apps.stream().flatMap(app -> environments.stream().map(one -> new Place(app, one)));
  }

  /** An app and an environment, each by name or id. */
  record Place(String app, String environment) {}
}
