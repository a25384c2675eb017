package lockstep.references;

import lockstep.references.Segment.Reference;

/**
 * A reference that stays as written.
 *
 * @param reference the reference
 * @param environment the environment of the secret that refers
 */
public record ResolutionFailure(Cause cause, Reference reference, EnvironmentRef environment) {

  private static final int MAX_ECHOED_CODE_POINTS = 200;

  /** Why a reference stays as written. */
  public enum Cause {
    /** See {@link EnvironmentLookup.Reason#APP_MISSING}. */
    APP_MISSING,
    /** See {@link EnvironmentLookup.Reason#APP_AMBIGUOUS}. */
    APP_AMBIGUOUS,
    /** See {@link EnvironmentLookup.Reason#NO_SSE}. */
    NO_SSE,
    /** See {@link EnvironmentLookup.Reason#ENVIRONMENT_MISSING}. */
    ENVIRONMENT_MISSING,
    /** See {@link EnvironmentLookup.Reason#NO_ACCESS}. */
    NO_ACCESS,
    /** The environment has no secret of the name at the path. */
    SECRET_MISSING,
    /** The reference leads back to where it came from, or too many follow one another. */
    CYCLE_OR_DEPTH,
    /** The value, or all values together, need more references than may be followed. */
    TOO_MANY_LOOKUPS,
    /** The value would become longer than a value may. */
    VALUE_TOO_LONG;

    static Cause of(EnvironmentLookup.Reason reason) {
      return switch (reason) {
        case APP_MISSING -> APP_MISSING;
        case APP_AMBIGUOUS -> APP_AMBIGUOUS;
        case NO_SSE -> NO_SSE;
        case ENVIRONMENT_MISSING -> ENVIRONMENT_MISSING;
        case NO_ACCESS -> NO_ACCESS;
      };
    }
  }

  /** What those who run an integration are told. Names only, no values. */
  String message(ReaderKind reader) {
    return switch (cause) {
      case APP_MISSING -> "The referenced app '%s' does not exist".formatted(app());
      case APP_AMBIGUOUS ->
          "Could not resolve a cross-app reference because two or more apps named '%s' exist!"
              .formatted(app());
      case NO_SSE ->
          "The referenced app '%s' does not have SSE (Server-Side Encryption) enabled."
              .formatted(app());
      case ENVIRONMENT_MISSING ->
          "The referenced environment '%s' does not exist".formatted(environmentName());
      case NO_ACCESS -> reader.noAccess();
      case SECRET_MISSING -> isLocal() ? missingLocally() : missingElsewhere();
      case CYCLE_OR_DEPTH ->
          isLocal() ? missingLocally() : "Circular or too-deeply-nested secret reference detected.";
      case TOO_MANY_LOOKUPS -> "The value needs too many secret references to be followed.";
      case VALUE_TOO_LONG -> "The value becomes too long by its secret references.";
    };
  }

  private boolean isLocal() {
    return reference.environment() == null;
  }

  private String missingLocally() {
    return "The referenced key %s does not exist in the %s environment."
        .formatted(shortened(reference.body()), environment.name());
  }

  private String missingElsewhere() {
    String place = reference.app() == null ? environmentName() : app() + "::" + environmentName();
    return "The referenced secret does not exist in '%s' at the requested path".formatted(place);
  }

  private String app() {
    return shortened(String.valueOf(reference.app()));
  }

  private String environmentName() {
    return shortened(String.valueOf(reference.environment()));
  }

  /** One long name, referred to many times, must not make a report of many megabytes. */
  private static String shortened(String name) {
    return name.codePointCount(0, name.length()) <= MAX_ECHOED_CODE_POINTS
        ? name
        : name.substring(0, name.offsetByCodePoints(0, MAX_ECHOED_CODE_POINTS)) + "…";
  }
}
