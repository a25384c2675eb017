package lockstep.server.environmentkeys;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.environmentkeys.StoredTexts.OwnValue;
import lockstep.server.environmentkeys.StoredTexts.Row;
import lockstep.server.http.ApiException;
import lockstep.server.ids.Uuids;
import org.jspecify.annotations.Nullable;

/**
 * A part of what is encrypted in an environment.
 *
 * @param next where the next part begins; null if this is the last one
 */
record RotationPage(
    List<Row> secrets, List<Row> versions, List<OwnValue> overrides, @Nullable String next) {

  static RotationPage of(EncryptedKind kind, List<Row> rows, @Nullable String next) {
    return new RotationPage(
        kind == EncryptedKind.SECRET ? rows : List.of(),
        kind == EncryptedKind.VERSION ? rows : List.of(),
        kind == EncryptedKind.OVERRIDE
            ? rows.stream().map(row -> new OwnValue(row.id(), row.value())).toList()
            : List.of(),
        next);
  }

  @Override
  public String toString() {
    return "RotationPage[content hidden]";
  }

  /**
   * Where a part begins.
   *
   * @param after the last row that was read; empty at the beginning of the kind
   */
  record Cursor(EncryptedKind kind, Optional<UUID> after) {

    static final Cursor START = new Cursor(EncryptedKind.SECRET, Optional.empty());

    /**
     * Reads what {@link #text} wrote.
     *
     * @throws ApiException 400 if it is something else
     */
    static Cursor parse(String text) {
      int colon = text.indexOf(':');
      Optional<EncryptedKind> kind =
          EncryptedKind.ofStoredName(colon < 0 ? text : text.substring(0, colon));
      Optional<UUID> after = colon < 0 ? Optional.empty() : Uuids.parse(text.substring(colon + 1));
      if (kind.isEmpty() || (colon >= 0 && after.isEmpty())) {
        throw ApiException.badRequest("Invalid cursor");
      }
      return new Cursor(kind.get(), after);
    }

    String text() {
      return kind.storedName() + after.map(id -> ":" + id).orElse("");
    }
  }
}
