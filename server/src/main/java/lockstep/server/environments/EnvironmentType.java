package lockstep.server.environments;

import java.util.Locale;

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
}
