package lockstep.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads settings from the command line and the environment, and collects what is wrong with them
 * instead of stopping at the first mistake. An empty value counts as unset.
 */
final class Settings {

  private final Map<String, String> options;
  private final Map<String, String> environment;
  private final List<String> problems = new ArrayList<>();
  private final Set<String> known = new HashSet<>();

  /**
   * @param options values given on the command line, by the name of their environment variable
   */
  Settings(Map<String, String> options, Map<String, String> environment) {
    this.options = options;
    this.environment = environment;
  }

  Optional<String> text(String name) {
    known.add(name);
    return Optional.ofNullable(options.get(name))
        .or(() -> Optional.ofNullable(environment.get(name)))
        .filter(value -> !value.isEmpty());
  }

  String text(String name, String fallback) {
    return text(name).orElse(fallback);
  }

  /** The value, or the stripped content of the file that {@code <name>_FILE} names. */
  Optional<String> secret(String name) {
    Optional<String> value = text(name);
    Optional<String> file = text(name + "_FILE");
    if (value.isPresent() && file.isPresent()) {
      problem(name + " and " + name + "_FILE are both set; set one of them");
      return Optional.empty();
    }
    return value.or(() -> file.flatMap(path -> content(name, path)));
  }

  /** True if a value or a file with the value was given, legal or not. */
  boolean isSet(String name) {
    return text(name).isPresent() || text(name + "_FILE").isPresent();
  }

  private Optional<String> content(String name, String file) {
    try {
      String content = Files.readString(Path.of(file)).strip();
      if (content.isEmpty()) {
        problem(name + "_FILE names an empty file");
        return Optional.empty();
      }
      return Optional.of(content);
    } catch (IOException | RuntimeException e) {
      problem(name + "_FILE names a file that cannot be read");
      return Optional.empty();
    }
  }

  int integer(String name, int fallback, int minimum, int maximum) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      int value = Integer.parseInt(text.get());
      if (value >= minimum && value <= maximum) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, like a number out of range.
    }
    problem(name + " must be a whole number from " + minimum + " to " + maximum);
    return fallback;
  }

  /** True or false, false if nothing is given. */
  boolean flag(String name) {
    String text = text(name, "false");
    if (!text.equals("true") && !text.equals("false")) {
      problem(name + " must be true or false");
    }
    return text.equals("true");
  }

  /** A value that its parser accepts; what the parser says of a bad one is reported. */
  <T> Optional<T> parsed(String name, Function<String, T> parser) {
    return text(name).flatMap(text -> parse(name, text, parser));
  }

  <T> Optional<T> parsedSecret(String name, Function<String, T> parser) {
    return secret(name).flatMap(text -> parse(name, text, parser));
  }

  private <T> Optional<T> parse(String name, String text, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      problem(name + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  void problem(String sentence) {
    problems.add(sentence);
  }

  /** Reports variables with this prefix that nobody has asked for: most likely misspelt ones. */
  void refuseUnknown(String prefix, Set<String> foreign) {
    for (String name : environment.keySet()) {
      if (name.startsWith(prefix) && !known.contains(name) && !foreign.contains(name)) {
        problem(name + " is not a setting of this version");
      }
    }
  }

  void requireNoProblems() {
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }
}
