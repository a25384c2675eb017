package lockstep.server.environments;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an environment is for. Every app starts with one of each but {@code CUSTOM}. */
public enum EnvironmentType {
  DEV,
  STAGING,
  PROD,
  CUSTOM;

  /** The name in the database and in answers. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of exactly this name. */
  static Optional<EnvironmentType> ofWireName(String name) {
    return Arrays.stream(values()).filter(type -> type.wireName().equals(name)).findFirst();
  }
}
