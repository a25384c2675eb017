package lockstep.server.secrets;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import lockstep.references.SecretPath;
import lockstep.server.http.ApiException;
import lockstep.server.http.Echo;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.Uuids;

/** Reads the bodies of requests about secrets. The order of the checks is part of the contract. */
final class SecretBodies {

  private static final int MAXIMUM_SECRETS = 10_000;
  private static final int MAXIMUM_TAGS = 100;
  private static final int MAXIMUM_KEY_CHARACTERS = 1_024;

  /** What a key of so many characters comes to at most. */
  static final int MAXIMUM_KEY_BYTES = 4 * MAXIMUM_KEY_CHARACTERS;

  static final int MAXIMUM_TEXT_BYTES = 65_536;
  private static final int MAXIMUM_TAG_CHARACTERS = 64;
  private static final int ECHOED_TAG_CHARACTERS = 32;

  private SecretBodies() {}

  static List<NewSecret> newSecrets(Fields body) {
    List<NewSecret> secrets = new ArrayList<>();
    for (JsonValue entry : entries(body, "'secrets' must be a non-empty list.")) {
      Fields fields =
          entry
              .object()
              .orElseThrow(
                  () -> ApiException.badRequest("Each entry in 'secrets' must be an object."));
      String key = key(fields).orElseThrow(SecretBodies::keyRequired);
      String value = value(fields).orElseThrow(SecretBodies::valueRequired);
      SecretType type = type(fields).orElse(SecretType.SECRET);
      Optional<PersonalValue> override = override(fields);
      String comment = comment(fields).orElse("");
      List<String> tags = tags(fields).orElse(List.of());
      SecretPath path = path(fields).orElse(SecretPath.ROOT);
      secrets.add(new NewSecret(key, value, type, override, comment, tags, path));
    }
    return secrets;
  }

  static List<SecretChange> changes(Fields body) {
    List<SecretChange> changes = new ArrayList<>();
    for (JsonValue entry : entries(body, "'secrets' must be a non-empty list.")) {
      Fields fields = entry.object().orElseThrow(SecretBodies::idRequired);
      String id = fields.value("id").flatMap(JsonValue::text).orElseThrow(SecretBodies::idRequired);
      changes.add(
          new SecretChange(
              id,
              Uuids.parse(id),
              key(fields),
              value(fields),
              type(fields),
              override(fields),
              comment(fields),
              tags(fields),
              path(fields)));
    }
    return changes;
  }

  /** The distinct ids, in the order of the request. */
  static Set<String> ids(Fields body) {
    String rule = "'secrets' must be a non-empty list of secret IDs.";
    Set<String> ids = new LinkedHashSet<>();
    for (JsonValue entry : entries(body, rule)) {
      ids.add(entry.text().orElseThrow(() -> ApiException.badRequest(rule)));
    }
    return ids;
  }

  private static List<JsonValue> entries(Fields body, String rule) {
    List<JsonValue> entries =
        body.value("secrets")
            .flatMap(JsonValue::list)
            .filter(list -> !list.isEmpty())
            .orElseThrow(() -> ApiException.badRequest(rule));
    requireFewEnough(entries);
    return entries;
  }

  static void requireFewEnough(List<JsonValue> entries) {
    requireAtMost(MAXIMUM_SECRETS, entries.size(), "secrets");
  }

  private static void requireAtMost(int maximum, int entries, String field) {
    if (entries > maximum) {
      throw ApiException.badRequest("'" + field + "' cannot exceed " + maximum + " entries.");
    }
  }

  private static Optional<String> key(Fields fields) {
    if (!fields.has("key")) {
      return Optional.empty();
    }
    String upperCased =
        fields
            .value("key")
            .flatMap(JsonValue::text)
            .filter(text -> !text.isBlank())
            .orElseThrow(SecretBodies::keyRequired)
            .toUpperCase(Locale.ROOT);
    if (characters(upperCased) > MAXIMUM_KEY_CHARACTERS) {
      throw ApiException.badRequest(
          "'key' cannot exceed " + MAXIMUM_KEY_CHARACTERS + " characters.");
    }
    return Optional.of(upperCased);
  }

  private static Optional<String> value(Fields fields) {
    if (!fields.has("value")) {
      return Optional.empty();
    }
    String value =
        fields.value("value").flatMap(JsonValue::text).orElseThrow(SecretBodies::valueRequired);
    return Optional.of(bounded("value", value));
  }

  static Optional<SecretType> type(Fields fields) {
    if (!fields.has("type")) {
      return Optional.empty();
    }
    JsonValue written = fields.value("type").orElseThrow();
    SecretType type =
        written
            .text()
            .flatMap(SecretType::ofWireName)
            .orElseThrow(
                () ->
                    ApiException.badRequest(
                        "Invalid 'type': '%s'. Must be one of ['config', 'sealed', 'secret']."
                            .formatted(Echo.shorten(written.echo()))));
    return Optional.of(type);
  }

  private static Optional<PersonalValue> override(Fields fields) {
    if (!fields.isPresentEvenNull("override")) {
      return Optional.empty();
    }
    Fields override =
        fields
            .value("override")
            .flatMap(JsonValue::object)
            .orElseThrow(() -> ApiException.badRequest("'override' must be a JSON object."));
    String value =
        override
            .value("value")
            .flatMap(JsonValue::text)
            .orElseThrow(() -> ApiException.badRequest("'override.value' must be a string."));
    boolean isActive =
        override
            .value("isActive")
            .flatMap(JsonValue::flag)
            .orElseThrow(() -> ApiException.badRequest("'override.isActive' must be a boolean."));
    return Optional.of(new PersonalValue(bounded("override.value", value), isActive));
  }

  private static Optional<String> comment(Fields fields) {
    return fields.text("comment").map(text -> bounded("comment", text));
  }

  static Optional<List<String>> tags(Fields fields) {
    return fields.value("tags").filter(tags -> !tags.isNull()).map(SecretBodies::tagNames);
  }

  private static List<String> tagNames(JsonValue tags) {
    String rule = "'tags' must be a list of strings.";
    Set<String> names = new LinkedHashSet<>();
    for (JsonValue entry : tags.list().orElseThrow(() -> ApiException.badRequest(rule))) {
      String name = entry.text().orElseThrow(() -> ApiException.badRequest(rule)).strip();
      if (characters(name) > MAXIMUM_TAG_CHARACTERS) {
        throw ApiException.badRequest(
            "Tag name exceeds "
                + MAXIMUM_TAG_CHARACTERS
                + " characters: '"
                + firstCharacters(name)
                + "'…");
      }
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    requireAtMost(MAXIMUM_TAGS, names.size(), "tags");
    return List.copyOf(names);
  }

  static Optional<SecretPath> path(Fields fields) {
    return fields.text("path").map(SecretBodies::checkedPath);
  }

  private static SecretPath checkedPath(String text) {
    try {
      return SecretPath.ofBounded(text);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static String bounded(String field, String text) {
    if (text.getBytes(StandardCharsets.UTF_8).length > MAXIMUM_TEXT_BYTES) {
      throw ApiException.badRequest(
          "'" + field + "' cannot exceed " + MAXIMUM_TEXT_BYTES + " bytes.");
    }
    return text;
  }

  private static int characters(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String firstCharacters(String text) {
    return text.substring(0, text.offsetByCodePoints(0, ECHOED_TAG_CHARACTERS));
  }

  private static ApiException idRequired() {
    return ApiException.badRequest("Secret ID not provided");
  }

  private static ApiException keyRequired() {
    return ApiException.badRequest("Each secret requires a non-empty 'key'.");
  }

  private static ApiException valueRequired() {
    return ApiException.badRequest("Each secret requires a 'value' string.");
  }
}
