package lockstep.server.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be done to a resource. */
public enum Action {
  CREATE,
  READ,
  UPDATE,
  DELETE;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The name in requests, responses and stored roles. */
  public String wireName() {
    return wireName;
  }

  /** The action of exactly this name. */
  public static Optional<Action> ofWireName(String name) {
    return Arrays.stream(values()).filter(action -> action.wireName.equals(name)).findFirst();
  }
}
