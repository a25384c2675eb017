package lockstep.server.store;

import java.util.Locale;

/** Names as they are compared: without regard to case. */
public final class FoldedName {

  private FoldedName() {}

  /**
   * The form under which a name is stored for look-ups. Folding by way of the upper case brings
   * together what only one of the two directions would, such as the two lower-case sigmas.
   */
  public static String of(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }
}
