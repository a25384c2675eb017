package lockstep.cli.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import lockstep.cli.api.CommandException;

/** Variables for a program. {@code toString} shows no value. */
final class Variables {

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private final Map<String, String> values;

  private Variables(Map<String, String> values) {
    this.values = values;
  }

  /**
   * Secrets as variables.
   *
   * @throws CommandException if one cannot be: a program that misses one of its settings is harder
   *     to understand than one that is not started
   */
  static Variables of(Map<String, String> secrets) {
    List<String> illegal = new ArrayList<>();
    List<String> withNul = new ArrayList<>();
    secrets.forEach(
        (name, value) -> {
          if (!NAME.matcher(name).matches()) {
            illegal.add("'" + name + "'");
          } else if (value.indexOf('\0') >= 0) {
            withNul.add(name);
          }
        });
    if (!illegal.isEmpty()) {
      throw new CommandException(
          "no variable can have the name "
              + String.join(", ", illegal)
              + ": it may have letters, digits and _, and begins with no digit. Rename it, or"
              + " choose secrets with --path or --tags");
    }
    if (!withNul.isEmpty()) {
      throw new CommandException(
          "no variable can hold the NUL in the value of " + String.join(", ", withNul));
    }
    return new Variables(new LinkedHashMap<>(secrets));
  }

  Map<String, String> asMap() {
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Variables that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "Variables" + values.keySet();
  }
}
