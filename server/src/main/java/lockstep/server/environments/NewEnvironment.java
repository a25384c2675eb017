package lockstep.server.environments;

import java.util.List;

/** An environment to be created. */
public record NewEnvironment(EnvironmentName name, EnvironmentType type, int index) {

  /** What an app gets when its creator names no environments. */
  public static final List<NewEnvironment> DEFAULTS =
      List.of(
          new NewEnvironment(new EnvironmentName("Development"), EnvironmentType.DEV, 0),
          new NewEnvironment(new EnvironmentName("Staging"), EnvironmentType.STAGING, 1),
          new NewEnvironment(new EnvironmentName("Production"), EnvironmentType.PROD, 2));
}
