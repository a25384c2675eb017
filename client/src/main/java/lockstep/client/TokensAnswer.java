package lockstep.client;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.client.internal.JsonValue;
import lockstep.crypto.CryptoException;
import lockstep.crypto.WrappedEnvironmentKeys;
import tools.jackson.core.JacksonException;

/** What the server tells the holder of a token: the other share of its key, and what it opens. */
record TokensAnswer(
    String wrappedKeyShare,
    Optional<String> accountId,
    String organisationId,
    String organisationName,
    List<AppEntry> apps) {

  /**
   * An app and the keys for it.
   *
   * @param app what users of this library see of it
   */
  record AppEntry(UUID id, App app, List<EnvironmentEntry> environments) {}

  /**
   * An environment and its keys as they were wrapped for the token.
   *
   * @param info what users of this library see of it
   * @param identityKey the public key of the environment, as hexadecimal text
   */
  record EnvironmentEntry(
      UUID id, EnvironmentInfo info, String identityKey, WrappedEnvironmentKeys wrapped) {}

  /**
   * Reads the body of the answer.
   *
   * @throws UnexpectedAnswerException if it is not in the protocol
   */
  static TokensAnswer parse(byte[] body) {
    try {
      JsonValue answer = Json.parse(body);
      JsonValue organisation = Json.child(answer, "organisation");
      return new TokensAnswer(
          Json.text(answer, "wrapped_key_share"),
          Json.optionalText(answer, "user_id").or(() -> Json.optionalText(answer, "account_id")),
          Json.text(organisation, "id"),
          Json.text(organisation, "name"),
          Json.list(answer, "apps", TokensAnswer::app));
    } catch (JacksonException e) {
      throw new UnexpectedAnswerException("what answers there is no Lockstep server", null);
    }
  }

  private static AppEntry app(JsonValue row) {
    UUID id = Json.id(row, "id");
    List<EnvironmentEntry> environments =
        Json.list(row, "environment_keys", TokensAnswer::environment);
    App app =
        new App(
            id.toString(),
            Json.text(row, "name"),
            Json.optionalText(row, "encryption").filter("SSE"::equals).isPresent(),
            environments.stream().map(EnvironmentEntry::info).toList());
    return new AppEntry(id, app, environments);
  }

  private static EnvironmentEntry environment(JsonValue row) {
    JsonValue environment = Json.child(row, "environment");
    UUID id = Json.id(environment, "id");
    try {
      return new EnvironmentEntry(
          id,
          new EnvironmentInfo(
              id.toString(),
              Json.text(environment, "name"),
              EnvironmentType.of(Json.text(environment, "env_type")),
              Json.integer(environment, "index"),
              Json.instant(environment, "updated_at")),
          Json.text(row, "identity_key"),
          new WrappedEnvironmentKeys(
              Json.text(row, "wrapped_seed"), Json.text(row, "wrapped_salt")));
    } catch (CryptoException _) {
      throw Json.malformed("the key of environment " + id);
    }
  }

  @Override
  public String toString() {
    return "TokensAnswer[" + apps.size() + " apps]";
  }
}
