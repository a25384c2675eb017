package lockstep.client;

import java.util.Locale;

/** What an environment is for. */
public enum EnvironmentType {
  DEV,
  STAGING,
  PROD,
  CUSTOM;

  /** Unknown kinds are {@link #CUSTOM}. */
  static EnvironmentType of(String wireName) {
    return switch (wireName.toUpperCase(Locale.ROOT)) {
      case "DEV" -> DEV;
      case "STAGING" -> STAGING;
      case "PROD" -> PROD;
      default -> CUSTOM;
    };
  }
}
