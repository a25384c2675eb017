package lockstep.cli.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The arguments of a command in the form that they nearly always have: options in full, each given
 * once, and whatever else the command takes. Picocli knows all forms there are, and tells of
 * mistakes; but to set it up takes a good part of the time of a short command. What is not plain is
 * left to it.
 */
public final class PlainArguments {

  private PlainArguments() {}

  /** A command, or a part of one, that takes its arguments without picocli. */
  public interface Taker {

    /** Takes an option without a value; false if there is none of the name. */
    boolean takeFlag(String name);

    /** Takes an option with its value; false if there is none of the name, or it is not plain. */
    boolean takeOption(String name, String value);

    /**
     * Takes what comes from an argument on that is no option. Called once, perhaps with nothing.
     *
     * @param all all that is left
     * @return how many were taken, or less than zero if it is not plain
     */
    int takeOthers(List<String> all);
  }

  /**
   * Gives a command its arguments.
   *
   * @param from the index of the first of them
   * @return whether all are plain; if not, the command may have got some of them
   */
  public static boolean give(Taker command, String[] arguments, int from) {
    Set<String> given = new HashSet<>();
    boolean hasOthers = false;
    int at = from;
    while (at < arguments.length) {
      String argument = arguments[at];
      if (!argument.startsWith("-") || argument.equals("--")) {
        int taken = hasOthers ? -1 : command.takeOthers(rest(arguments, at));
        if (taken <= 0) {
          return false;
        }
        hasOthers = true;
        at += taken;
        continue;
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!given.add(name)) {
        return false;
      }
      at++;
      if (equals < 0 && command.takeFlag(name)) {
        continue;
      }
      if (equals < 0 && at == arguments.length) {
        return false;
      }
      String value = equals < 0 ? arguments[at++] : argument.substring(equals + 1);
      if (!isPlain(value) || !command.takeOption(name, value)) {
        return false;
      }
    }
    return hasOthers || command.takeOthers(List.of()) == 0;
  }

  private static List<String> rest(String[] arguments, int from) {
    List<String> rest = new ArrayList<>(arguments.length - from);
    for (int i = from; i < arguments.length; i++) {
      rest.add(arguments[i]);
    }
    return rest;
  }

  /** Others might be options, or mean something to picocli. */
  private static boolean isPlain(String value) {
    return !value.isEmpty() && value.charAt(0) != '-' && value.indexOf('"') < 0;
  }
}
