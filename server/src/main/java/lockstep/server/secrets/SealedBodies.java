package lockstep.server.secrets;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import lockstep.crypto.Ciphertext;
import lockstep.references.SecretPath;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.Uuids;
import lockstep.server.secrets.SealedSecret.SealedName;
import lockstep.server.secrets.SealedSecret.SealedOverride;

/**
 * Reads the bodies of requests about encrypted secrets. Checked is what can be checked without a
 * key; whether a digest belongs to its name cannot. Members of an entry that nobody knows are
 * ignored: clients send back what they once read.
 */
final class SealedBodies {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
  private static final String ENTRIES_RULE = "'secrets' must be a list of objects.";
  private static final String IDS_RULE = "'secrets' must be a list of secret IDs.";

  private SealedBodies() {}

  /**
   * Secrets to create; possibly none.
   *
   * @param withOverrides whether overrides are for the caller; others' are not even looked at
   */
  static List<SealedSecret> newSecrets(Fields body, boolean withOverrides) {
    List<SealedSecret> secrets = new ArrayList<>();
    for (Fields entry : entries(body)) {
      SealedName name = name(entry).orElseThrow(() -> required("key"));
      secrets.add(
          new SealedSecret(
              name,
              ciphertext(entry, "value").orElseThrow(() -> required("value")),
              comment(entry).orElse(""),
              SecretBodies.type(entry).orElse(SecretType.SECRET),
              SecretBodies.tags(entry).orElse(List.of()),
              SecretBodies.path(entry).orElse(SecretPath.ROOT),
              override(entry, withOverrides)));
    }
    return secrets;
  }

  /** Changes; possibly none. Absent tags are no tags: so these clients take them away. */
  static List<SealedChange> changes(Fields body, boolean withOverrides) {
    List<SealedChange> changes = new ArrayList<>();
    for (Fields entry : entries(body)) {
      String id =
          entry
              .value("id")
              .flatMap(JsonValue::text)
              .orElseThrow(() -> ApiException.badRequest("Secret ID not provided"));
      changes.add(
          new SealedChange(
              id,
              Uuids.parse(id),
              name(entry),
              ciphertext(entry, "value"),
              comment(entry),
              SecretBodies.type(entry),
              Optional.of(SecretBodies.tags(entry).orElse(List.of())),
              SecretBodies.path(entry),
              override(entry, withOverrides)));
    }
    return changes;
  }

  /** The distinct ids, in the order of the request; possibly none. */
  static Set<String> ids(Fields body) {
    Set<String> ids = new LinkedHashSet<>();
    for (JsonValue entry : list(body, IDS_RULE)) {
      ids.add(entry.text().orElseThrow(() -> ApiException.badRequest(IDS_RULE)));
    }
    return ids;
  }

  private static List<Fields> entries(Fields body) {
    return list(body, ENTRIES_RULE).stream()
        .map(entry -> entry.object().orElseThrow(() -> ApiException.badRequest(ENTRIES_RULE)))
        .toList();
  }

  private static List<JsonValue> list(Fields body, String rule) {
    List<JsonValue> entries =
        body.value("secrets")
            .flatMap(JsonValue::list)
            .orElseThrow(() -> ApiException.badRequest(rule));
    SecretBodies.requireFewEnough(entries);
    return entries;
  }

  private static Optional<SealedName> name(Fields entry) {
    return ciphertext(entry, "key")
        .map(
            key -> {
              String digest =
                  entry
                      .text("keyDigest")
                      .filter(text -> !text.isEmpty())
                      .orElseThrow(
                          () -> ApiException.badRequest("A key was supplied without a digest"));
              if (!DIGEST.matcher(digest).matches()) {
                throw ApiException.badRequest("'keyDigest' must be 64 hexadecimal digits.");
              }
              return new SealedName(key, digest);
            });
  }

  private static Optional<String> comment(Fields entry) {
    // An absent comment stays, a null one is none.
    if (!entry.isPresentEvenNull("comment")) {
      return Optional.empty();
    }
    String comment = entry.text("comment").orElse("");
    return Optional.of(
        comment.isEmpty() ? "" : checked(comment, "comment", SecretBodies.MAXIMUM_TEXT_BYTES));
  }

  private static Optional<SealedOverride> override(Fields entry, boolean withOverrides) {
    return withOverrides
        ? entry
            .fields("override")
            .map(
                own ->
                    new SealedOverride(
                        ciphertext(own, "value", "override.value")
                            .orElseThrow(() -> required("override.value")),
                        own.flag("isActive").orElse(true)))
        : Optional.empty();
  }

  private static Optional<String> ciphertext(Fields entry, String name) {
    return ciphertext(entry, name, name);
  }

  private static Optional<String> ciphertext(Fields entry, String name, String shownName) {
    int maximum =
        name.equals("key") ? SecretBodies.MAXIMUM_KEY_BYTES : SecretBodies.MAXIMUM_TEXT_BYTES;
    return entry.text(name).map(text -> checked(text, shownName, maximum));
  }

  private static String checked(String ciphertext, String name, int maximumBytes) {
    // What so many bytes are encrypted to; see Ciphertext.
    int maximum = 71 + 4 * ((maximumBytes + 40 + 2) / 3);
    if (ciphertext.length() > maximum) {
      throw ApiException.badRequest(
          "'" + name + "' cannot exceed " + maximum + " characters of ciphertext.");
    }
    if (!Ciphertext.isWellFormed(ciphertext)) {
      throw ApiException.badRequest("Invalid ciphertext format");
    }
    return ciphertext;
  }

  private static ApiException required(String field) {
    return ApiException.badRequest("Missing required field: " + field);
  }
}
