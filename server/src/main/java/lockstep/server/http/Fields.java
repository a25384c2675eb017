package lockstep.server.http;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A JSON object from a client. A member that is null counts as absent, unless asked for with {@link
 * #isPresentEvenNull} or {@link #value}. A member of the wrong type is refused with 400, in the
 * words of the API. Members nobody asks for are ignored. Immutable.
 */
public final class Fields {
  static final Fields NONE = new Fields(Map.of(), "");

  private final Map<String, JsonValue> members;
  private final String prefix;

  Fields(Map<String, JsonValue> members, String prefix) {
    this.members = members;
    this.prefix = prefix;
  }

  /** The names of all members, in the client's order, null ones included. */
  public Set<String> names() {
    return Collections.unmodifiableSet(members.keySet());
  }

  /** Whether the member is there and not null. */
  public boolean has(String name) {
    return present(name).isPresent();
  }

  /** Whether the member is there, if only as null. */
  public boolean isPresentEvenNull(String name) {
    return members.containsKey(name);
  }

  /** The member as it is, null included, for rules with words of their own. */
  public Optional<JsonValue> value(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** A string, as sent. */
  public Optional<String> text(String name) {
    return typed(name, "string", JsonValue::text);
  }

  /** A string, as sent, that must not be blank. */
  public String requiredText(String name) {
    return text(name).filter(text -> !text.isBlank()).orElseThrow(() -> missing(name));
  }

  /** A string after {@link CleanText}, of at most so many characters; possibly empty. */
  public Optional<String> cleanedText(String name, int maxCharacters) {
    Optional<String> cleaned = text(name).map(CleanText::clean);
    if (cleaned.isPresent() && CleanText.length(cleaned.get()) > maxCharacters) {
      throw ApiException.badRequest(
          "'" + label(name) + "' cannot exceed " + maxCharacters + " characters.");
    }
    return cleaned;
  }

  /** As {@link #cleanedText}, and something must be left. */
  public String requiredCleanedText(String name, int maxCharacters) {
    return cleanedText(name, maxCharacters)
        .filter(text -> !text.isEmpty())
        .orElseThrow(() -> missing(name));
  }

  public Optional<Boolean> flag(String name) {
    return typed(name, "boolean", JsonValue::flag);
  }

  /** A whole number; fractions, exponents and what exceeds 64 bits are refused. */
  public Optional<Long> integer(String name) {
    return typed(name, "number", JsonValue::integer);
  }

  /** A list, of whatever. */
  public Optional<List<JsonValue>> list(String name) {
    return typed(name, "list", JsonValue::list);
  }

  /** An object; errors about its members name them {@code outer.inner}. */
  public Optional<Fields> fields(String name) {
    return typed(name, "object", JsonValue::object)
        .map(inner -> new Fields(inner.members, label(name) + "."));
  }

  /** The 400 that says a required member is not there. */
  public ApiException missing(String name) {
    return ApiException.badRequest("Missing required field: " + label(name));
  }

  private <T> Optional<T> typed(
      String name, String type, Function<JsonValue, Optional<T>> conversion) {
    Optional<JsonValue> member = present(name);
    if (member.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> converted = conversion.apply(member.get());
    if (converted.isEmpty()) {
      String article = "aeiou".indexOf(type.charAt(0)) >= 0 ? "an" : "a";
      throw ApiException.badRequest("'%s' must be %s %s.".formatted(label(name), article, type));
    }
    return converted;
  }

  private Optional<JsonValue> present(String name) {
    return value(name).filter(member -> !member.isNull());
  }

  private String label(String name) {
    return prefix + name;
  }

  /** Says nothing about the members, which may be secrets. */
  @Override
  public String toString() {
    return "Fields of " + members.size() + " members";
  }
}
