package lockstep.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import lockstep.server.ids.Uuids;

/**
 * The query string, decoded. Parameters are asked for by their snake_case name and found under the
 * camelCase spelling too; of several, the last counts, whichever way it is spelt. Immutable.
 */
public final class Query {
  private record Parameter(String name, String value) {

    /** Query strings hold names of secrets. */
    @Override
    public String toString() {
      return "Parameter[not shown]";
    }
  }

  /** The other spelling of each name that some feature asks for. */
  private static final Map<String, String> CAMEL_NAMES = new ConcurrentHashMap<>();

  private final List<Parameter> parameters;

  private Query(List<Parameter> parameters) {
    this.parameters = parameters;
  }

  /**
   * Decodes the raw text after the question mark.
   *
   * @throws ApiException 400 when an escape or the UTF-8 is broken, or U+0000 is in it
   */
  static Query parse(String raw) {
    List<Parameter> parameters = new ArrayList<>();
    int start = 0;
    while (start < raw.length()) {
      int end = raw.indexOf('&', start);
      if (end < 0) {
        end = raw.length();
      }
      if (end > start) {
        parameters.add(parameter(raw, start, end));
      }
      start = end + 1;
    }
    for (Parameter parameter : parameters) {
      if (parameter.name().indexOf(0) >= 0 || parameter.value().indexOf(0) >= 0) {
        throw ApiException.badRequest("Null bytes are not allowed.");
      }
    }
    return new Query(parameters);
  }

  private static Parameter parameter(String raw, int start, int end) {
    int equals = raw.indexOf('=', start, end);
    String name = raw.substring(start, equals < 0 ? end : equals);
    String value = equals < 0 ? "" : raw.substring(equals + 1, end);
    return new Parameter(decoded(name), decoded(value));
  }

  private static String decoded(String raw) {
    return PercentDecoder.query(raw)
        .orElseThrow(() -> ApiException.badRequest("Invalid query string."));
  }

  /** The parameter's text; an empty one counts as absent. */
  public Optional<String> text(String snakeName) {
    return last(snakeName).filter(value -> !value.isEmpty());
  }

  /** Whether the parameter is there, with any value or none, but not {@code false}. */
  public boolean flag(String snakeName) {
    return last(snakeName)
        .filter(value -> !value.toLowerCase(Locale.ROOT).equals("false"))
        .isPresent();
  }

  /** The parameter as an id; empty when absent and when it is no canonical UUID. */
  public Optional<UUID> id(String snakeName) {
    return text(snakeName).flatMap(Uuids::parse);
  }

  private Optional<String> last(String snakeName) {
    String camelName = CAMEL_NAMES.computeIfAbsent(snakeName, Query::camelCase);
    for (int i = parameters.size() - 1; i >= 0; i--) {
      Parameter parameter = parameters.get(i);
      if (parameter.name().equals(snakeName) || parameter.name().equals(camelName)) {
        return Optional.of(parameter.value());
      }
    }
    return Optional.empty();
  }

  private static String camelCase(String snakeName) {
    StringBuilder camel = new StringBuilder(snakeName.length());
    for (int i = 0; i < snakeName.length(); i++) {
      char c = snakeName.charAt(i);
      boolean upper = c == '_' && i + 1 < snakeName.length();
      camel.append(upper ? Character.toUpperCase(snakeName.charAt(++i)) : c);
    }
    return camel.toString();
  }

  /** Says nothing about the parameters. */
  @Override
  public String toString() {
    return "Query of " + parameters.size() + " parameters";
  }
}
