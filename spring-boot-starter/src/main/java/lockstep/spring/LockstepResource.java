package lockstep.spring;

import java.util.Objects;
import lockstep.client.LockstepClient;
import lockstep.client.SecretValues;
import org.springframework.boot.context.config.ConfigDataResource;

/** The secrets of one folder of one environment, as named after {@code lockstep:}. */
final class LockstepResource extends ConfigDataResource {

  private final String app;
  private final String environment;
  private final String path;
  private final boolean isOptional;

  private LockstepResource(String app, String environment, String path, boolean isOptional) {
    super(isOptional);
    this.app = app;
    this.environment = environment;
    this.path = path;
    this.isOptional = isOptional;
  }

  /**
   * Reads {@code app/environment} or {@code app/environment/folder/...}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static LockstepResource parse(String text, boolean isOptional) {
    String[] parts = text.split("/", 3);
    if (parts.length < 2 || parts[0].isBlank() || parts[1].isBlank()) {
      throw new IllegalArgumentException(
          "write lockstep:app/environment or lockstep:app/environment/folder, not 'lockstep:"
              + text
              + "'");
    }
    return new LockstepResource(
        parts[0], parts[1], parts.length == 3 ? "/" + parts[2] : "/", isOptional);
  }

  boolean isOptional() {
    return isOptional;
  }

  SecretValues read(LockstepClient client) {
    return client.environment(app, environment).values(path);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LockstepResource resource
        && app.equals(resource.app)
        && environment.equals(resource.environment)
        && path.equals(resource.path);
  }

  @Override
  public int hashCode() {
    return Objects.hash(app, environment, path);
  }

  @Override
  public String toString() {
    return "lockstep:" + app + "/" + environment + (path.equals("/") ? "" : path);
  }
}
