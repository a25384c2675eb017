package lockstep.client;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.client.internal.JsonValue;
import lockstep.references.SecretPath;
import tools.jackson.core.JacksonException;

/**
 * A secret as the server sends it.
 *
 * @param key ciphertext, as are value, comment and the value of the override
 * @param comment empty for none
 */
record SecretRow(
    UUID id,
    String key,
    String value,
    String comment,
    List<String> tags,
    Optional<OverrideRow> override,
    SecretType type,
    String lifecycle,
    SecretPath path,
    int version,
    Instant createdAt,
    Instant updatedAt) {

  /** A personal override as the server sends it. */
  record OverrideRow(String value, boolean isActive) {

    @Override
    public String toString() {
      return "OverrideRow[active " + isActive + "]";
    }
  }

  /**
   * Reads the body of the answer.
   *
   * @throws UnexpectedAnswerException if it is not in the protocol
   */
  static List<SecretRow> parse(byte[] body) {
    try {
      return Json.elements(Json.parse(body), "the list of secrets", SecretRow::row);
    } catch (JacksonException _) {
      throw new UnexpectedAnswerException("what answers there is no Lockstep server", null);
    }
  }

  private static SecretRow row(JsonValue row) {
    return new SecretRow(
        Json.id(row, "id"),
        Json.text(row, "key"),
        Json.text(row, "value"),
        Json.optionalText(row, "comment").orElse(""),
        Json.list(row, "tags", tag -> tag.text().orElseThrow(() -> Json.malformed("a tag"))),
        override(row),
        SecretType.of(Json.text(row, "type")),
        Json.optionalText(row, "lifecycle").orElse("static"),
        SecretPath.of(Json.text(row, "path")),
        Json.integer(row, "version"),
        Json.instant(row, "created_at"),
        Json.instant(row, "updated_at"));
  }

  private static Optional<OverrideRow> override(JsonValue row) {
    JsonValue override = row.get("override");
    return override == null || override.isNull()
        ? Optional.empty()
        : Optional.of(
            new OverrideRow(Json.text(override, "value"), Json.bool(override, "is_active")));
  }

  @Override
  public String toString() {
    return "SecretRow[" + id + "]";
  }
}
