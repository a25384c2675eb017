package lockstep.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.MintedToken;
import lockstep.crypto.Token;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519KeyPair;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An account with real keys, and what a server would answer it. Environments are written {@code
 * app/environment} and come into being with their first secret.
 */
final class TestAccount {

  private static final String TIME = "2026-01-02T03:04:05.678901Z";

  private final X25519KeyPair pair = X25519KeyPair.generate();
  private final MintedToken minted;
  private final Map<String, UUID> apps = new LinkedHashMap<>();
  private final Map<String, Place> places = new LinkedHashMap<>();

  TestAccount() {
    this(Token.Kind.USER);
  }

  TestAccount(Token.Kind kind) {
    minted = Token.mint(kind, pair);
  }

  private static final class Place {
    private final UUID id = UUID.randomUUID();
    private final EnvironmentKeys keys = EnvironmentKeys.generate();
    private final List<ObjectNode> rows = new ArrayList<>();
  }

  String token() {
    return minted.token().text();
  }

  /** An environment, made if there is none. */
  TestAccount with(String appAndEnvironment) {
    apps.computeIfAbsent(appAndEnvironment.split("/", -1)[0], _ -> UUID.randomUUID());
    places.computeIfAbsent(appAndEnvironment, _ -> new Place());
    return this;
  }

  TestAccount secret(String appAndEnvironment, String key, String value) {
    return secret(appAndEnvironment, "/", key, value);
  }

  TestAccount secret(String appAndEnvironment, String path, String key, String value) {
    with(appAndEnvironment);
    place(appAndEnvironment).rows.add(row(appAndEnvironment, path, key, value));
    return this;
  }

  /** A row that a test may change. */
  ObjectNode lastRow(String appAndEnvironment) {
    return place(appAndEnvironment).rows.getLast();
  }

  String encrypted(String appAndEnvironment, String text) {
    return Ciphertext.encrypt(text, keys(appAndEnvironment).publicKey()).text();
  }

  EnvironmentKeys keys(String appAndEnvironment) {
    return place(appAndEnvironment).keys;
  }

  String id(String appAndEnvironment) {
    return place(appAndEnvironment).id.toString();
  }

  String appId(String app) {
    return Objects.requireNonNull(apps.get(app)).toString();
  }

  /** Puts everything onto the server. */
  ScriptedServer on(ScriptedServer server) {
    server.tokens(tokensJson());
    places.forEach((name, place) -> server.secrets(place.id.toString(), secretsJson(name)));
    return server;
  }

  String tokensJson() {
    ObjectNode answer = Json.object();
    answer.put("wrapped_key_share", minted.wrappedKeyShare());
    answer.put("user_id", new UUID(0, 1).toString());
    answer.putObject("organisation").put("id", new UUID(0, 2).toString()).put("name", "org");
    ArrayNode list = answer.putArray("apps");
    apps.forEach(
        (app, id) -> {
          ObjectNode row = list.addObject();
          row.put("id", id.toString()).put("name", app).put("encryption", "E2E");
          ArrayNode keys = row.putArray("environment_keys");
          places.forEach(
              (name, place) -> {
                if (name.startsWith(app + "/")) {
                  addKey(keys, name.substring(app.length() + 1), place);
                }
              });
        });
    return answer.toString();
  }

  private void addKey(ArrayNode keys, String environmentName, Place place) {
    WrappedEnvironmentKeys wrapped = place.keys.wrapFor(pair.publicKey());
    ObjectNode key = keys.addObject();
    key.put("identity_key", place.keys.identityKey());
    key.put("wrapped_seed", wrapped.wrappedSeed());
    key.put("wrapped_salt", wrapped.wrappedSalt());
    key.putObject("environment")
        .put("id", place.id.toString())
        .put("name", environmentName)
        .put("env_type", "DEV")
        .put("index", 0)
        .put("created_at", TIME)
        .put("updated_at", TIME);
  }

  String secretsJson(String appAndEnvironment) {
    ArrayNode rows = Json.object().putArray("rows");
    place(appAndEnvironment).rows.forEach(rows::add);
    return rows.toString();
  }

  private ObjectNode row(String appAndEnvironment, String path, String key, String value) {
    ObjectNode row = Json.object();
    row.put("id", UUID.randomUUID().toString());
    row.put("key", encrypted(appAndEnvironment, key));
    row.put("value", encrypted(appAndEnvironment, value));
    row.put("comment", "");
    row.putArray("tags");
    row.putNull("override");
    row.put("type", "secret").put("lifecycle", "static").put("path", path);
    row.put("version", 1).put("created_at", TIME).put("updated_at", TIME);
    return row;
  }

  private Place place(String appAndEnvironment) {
    return Objects.requireNonNull(places.get(appAndEnvironment), appAndEnvironment);
  }
}
