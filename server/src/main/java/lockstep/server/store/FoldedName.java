package lockstep.server.store;

import java.util.Locale;
import java.util.Optional;

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

  /**
   * The same for things whose names are ASCII. Empty for any other name: nothing has it, but some
   * characters, such as the long s and the Kelvin sign, would fold into letters of one that exists.
   */
  public static Optional<String> ofAscii(String name) {
    return name.chars().allMatch(c -> c < 0x80) ? Optional.of(of(name)) : Optional.empty();
  }
}
