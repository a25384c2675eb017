package lockstep.server.environments;

import java.util.regex.Pattern;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.store.FoldedName;

/** A legal name of an environment: 1 to 64 ASCII letters, digits, hyphens and underscores. */
public record EnvironmentName(String text) {

  private static final int MAXIMUM_CHARACTERS = 64;
  private static final Pattern LEGAL =
      Pattern.compile("[A-Za-z0-9_-]{1," + MAXIMUM_CHARACTERS + "}");

  /**
   * Checks the name.
   *
   * @throws ApiException 400 if it is not legal
   */
  public EnvironmentName {
    if (!LEGAL.matcher(text).matches()) {
      throw ApiException.badRequest(
          "Environment name is invalid. Only letters, numbers, hyphens and underscores are allowed"
              + " (max "
              + MAXIMUM_CHARACTERS
              + " characters).");
    }
  }

  /**
   * Reads {@code name}.
   *
   * @throws ApiException 400 if it is missing or not legal
   */
  static EnvironmentName read(Fields body) {
    return new EnvironmentName(
        body.text("name").filter(text -> !text.isEmpty()).orElseThrow(() -> body.missing("name")));
  }

  /** The form in which names are compared: names that differ in case alone are the same. */
  public String folded() {
    return FoldedName.of(text);
  }
}
