package lockstep.server.environmentkeys;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.environmentkeys.StoredTexts.Row;
import lockstep.server.http.ApiException;
import lockstep.server.http.Fields;
import lockstep.server.http.JsonValue;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.SuppliedKeys;

/**
 * A part of what a client encrypted anew: rows of each kind by their ids, and new keys as they were
 * wrapped for accounts.
 */
record RotationPart(
    Map<EncryptedKind, Map<UUID, Row>> rows, Map<AccountId, WrappedEnvironmentKeys> keys) {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Map<EncryptedKind, String> NAMES =
      Map.of(
          EncryptedKind.SECRET, "secrets",
          EncryptedKind.VERSION, "versions",
          EncryptedKind.OVERRIDE, "overrides");

  /**
   * Reads {@code secrets}, {@code versions}, {@code overrides} and {@code keys}, as far as they are
   * there. The form of texts is looked at by {@link #isReplacement}.
   *
   * @throws ApiException 400 if something of an entry is missing or of another type, an entry is
   *     there twice, or there is none
   */
  static RotationPart read(Fields body) {
    Map<EncryptedKind, Map<UUID, Row>> rows = new EnumMap<>(EncryptedKind.class);
    for (EncryptedKind kind : EncryptedKind.values()) {
      rows.put(kind, rows(body, kind));
    }
    Map<AccountId, WrappedEnvironmentKeys> keys =
        body.has("keys") ? SuppliedKeys.read(body).byAccount() : Map.of();
    if (keys.isEmpty() && rows.values().stream().allMatch(Map::isEmpty)) {
      throw ApiException.badRequest("There is nothing in this part.");
    }
    return new RotationPart(rows, keys);
  }

  Map<UUID, Row> rows(EncryptedKind kind) {
    return rows.getOrDefault(kind, Map.of());
  }

  private static Map<UUID, Row> rows(Fields body, EncryptedKind kind) {
    String name = NAMES.getOrDefault(kind, "");
    Map<UUID, Row> rows = new LinkedHashMap<>();
    for (JsonValue entry : body.list(name).orElse(List.of())) {
      Row row =
          row(
              entry
                  .object()
                  .orElseThrow(
                      () ->
                          ApiException.badRequest(
                              "Each entry in '" + name + "' must be an object.")),
              kind);
      if (rows.put(row.id(), row) != null) {
        throw ApiException.badRequest("Duplicate id in '" + name + "': " + row.id());
      }
    }
    return rows;
  }

  private static Row row(Fields entry, EncryptedKind kind) {
    UUID id =
        Uuids.parse(entry.requiredText("id"))
            .orElseThrow(() -> ApiException.badRequest("'id' must be the id of a row."));
    boolean isValueAlone = kind == EncryptedKind.OVERRIDE;
    return new Row(
        id,
        isValueAlone ? "" : text(entry, "key"),
        isValueAlone ? "" : text(entry, "keyDigest"),
        text(entry, "value"),
        isValueAlone ? "" : text(entry, "comment"));
  }

  /** Empty texts are what was empty before. */
  private static String text(Fields entry, String name) {
    return entry.text(name).orElseThrow(() -> entry.missing(name));
  }

  /**
   * Whether a row can be another one encrypted with other keys. That leaves the length of a text as
   * it is; what no key opened, stays.
   */
  static boolean isReplacement(Row stored, Row now) {
    return isReplacement(stored.key(), now.key())
        && isReplacement(stored.value(), now.value())
        && isReplacement(stored.comment(), now.comment())
        && (now.keyDigest().equals(stored.keyDigest())
            || (!stored.keyDigest().isEmpty() && DIGEST.matcher(now.keyDigest()).matches()));
  }

  private static boolean isReplacement(String stored, String now) {
    return now.equals(stored) || (now.length() == stored.length() && Ciphertext.isWellFormed(now));
  }

  /** Whether a text of it stays as it is. */
  static boolean keepsSomething(Row stored, Row now) {
    return isKept(stored.key(), now.key())
        || isKept(stored.value(), now.value())
        || isKept(stored.comment(), now.comment());
  }

  private static boolean isKept(String stored, String now) {
    return !stored.isEmpty() && now.equals(stored);
  }

  @Override
  public String toString() {
    return "RotationPart[content hidden]";
  }
}
