package lockstep.server.protocol;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.store.tables.Tables.FOLDER;
import static lockstep.server.store.tables.Tables.ORGANISATION;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SECRET;
import static lockstep.server.store.tables.Tables.SECRET_OVERRIDE;
import static lockstep.server.store.tables.Tables.SECRET_TAG;
import static lockstep.server.store.tables.Tables.TAG;
import static lockstep.server.store.tables.Tables.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import org.jooq.DSLContext;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The example answers that were recorded for the tests of {@code crypto}: what they show is stored,
 * and has to come out again to the letter.
 */
@ContractTest
final class ExampleResponsesContractTest extends OnBothDatabases {

  private static final Path VECTORS =
      Path.of("..", "crypto", "src", "test", "resources", "lockstep", "crypto");
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final Map<String, String> KINDS =
      Map.of(
          "User", "member",
          "ServiceAccount", "service_account",
          "Service", "service_token");

  private final JsonNode vectors = read();

  private static JsonNode read() {
    try {
      return MAPPER.readTree(Files.readString(VECTORS.resolve("extra-vectors.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void storedExamplesAreAnsweredToTheLetter() {
    server
        .database()
        .write(
            db -> {
              insertOrganisation(db, vectors.at("/tokens/0/tokens_response"));
              vectors.get("tokens").forEach(vector -> insertToken(db, vector));
              JsonNode secrets = vectors.at("/secrets_response/body_snake_case");
              secrets.forEach(secret -> insertSecret(db, secret));
              return secrets.size();
            });

    for (JsonNode vector : vectors.get("tokens")) {
      assertThat(caller(vector).get(TestClient.TOKENS).is(200).json())
          .isEqualTo(ordered(vector.get("tokens_response")));
      assertThat(
              caller(vector).with("X-Use-Camel-Case", "true").get(TestClient.TOKENS).is(200).json())
          .isEqualTo(ordered(vector.get("tokens_response")));
    }
    JsonNode rows = vectors.at("/secrets_response/body_snake_case");
    TestCaller member =
        caller(vectors.at("/tokens/0"))
            .with("Environment", rows.get(0).get("environment").stringValue());
    assertThat(member.get(TestClient.SECRETS).is(200).json()).isEqualTo(rows);
    assertThat(member.with("X-Use-Camel-Case", "true").get(TestClient.SECRETS).is(200).json())
        .isEqualTo(camelCase(rows));
  }

  /** The same with environments in the order of this server. */
  private static JsonNode ordered(JsonNode example) {
    ObjectNode copy = (ObjectNode) example.deepCopy();
    ArrayNode keys = (ArrayNode) copy.at("/apps/0/environment_keys");
    List<JsonNode> sorted =
        keys.valueStream()
            .sorted(
                Comparator.comparingInt(key -> key.at("/environment/name").stringValue().length()))
            .toList();
    keys.removeAll().addAll(sorted);
    return copy;
  }

  /** The same with the names of members, and nothing else, in camel case. */
  private static JsonNode camelCase(JsonNode rows) {
    String text = rows.toString();
    for (String name : new String[] {"key_digest", "is_active", "created_at", "updated_at"}) {
      StringBuilder camel = new StringBuilder();
      for (String word : name.split("_", -1)) {
        camel.append(
            camel.isEmpty()
                ? word
                : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
      }
      text = text.replace("\"" + name + "\":", "\"" + camel + "\":");
    }
    return MAPPER.readTree(text);
  }

  private TestCaller caller(JsonNode vector) {
    return TestCaller.anonymous(server.uri())
        .with("Authorization", vector.get("authorization_header").stringValue());
  }

  private void insertOrganisation(DSLContext db, JsonNode example) {
    JsonNode organisation = example.get("organisation");
    db.insertInto(ORGANISATION)
        .set(ORGANISATION.ID, id(organisation))
        .set(ORGANISATION.NAME, organisation.get("name").stringValue())
        .set(ORGANISATION.PLAN, "FREE")
        .set(ORGANISATION.ACCESS_REVISION, 0L)
        .set(ORGANISATION.CREATED_AT, Instant.EPOCH)
        .set(ORGANISATION.UPDATED_AT, Instant.EPOCH)
        .execute();
    JsonNode app = example.at("/apps/0");
    db.insertInto(APP)
        .set(APP.ID, id(app))
        .set(APP.ORGANISATION_ID, id(organisation))
        .set(APP.NAME, app.get("name").stringValue())
        .set(APP.FOLDED_NAME, app.get("name").stringValue())
        .set(APP.SSE_ENABLED, true)
        .set(APP.CREATED_AT, Instant.EPOCH)
        .set(APP.UPDATED_AT, Instant.EPOCH)
        .execute();
    for (JsonNode key : app.get("environment_keys")) {
      JsonNode environment = key.get("environment");
      db.insertInto(ENVIRONMENT)
          .set(ENVIRONMENT.ID, id(environment))
          .set(ENVIRONMENT.ORGANISATION_ID, id(organisation))
          .set(ENVIRONMENT.APP_ID, id(app))
          .set(ENVIRONMENT.NAME, environment.get("name").stringValue())
          .set(
              ENVIRONMENT.FOLDED_NAME,
              environment.get("name").stringValue().toLowerCase(Locale.ROOT))
          .set(
              ENVIRONMENT.ENV_TYPE,
              environment.get("env_type").stringValue().toLowerCase(Locale.ROOT))
          .set(ENVIRONMENT.SORT_INDEX, environment.get("index").intValue())
          .set(ENVIRONMENT.IDENTITY_KEY, key.get("identity_key").stringValue())
          .set(ENVIRONMENT.REVISION, 0L)
          .set(ENVIRONMENT.CREATED_AT, instant(environment, "created_at"))
          .set(ENVIRONMENT.UPDATED_AT, instant(environment, "updated_at"))
          .execute();
    }
  }

  private void insertToken(DSLContext db, JsonNode vector) {
    JsonNode example = vector.get("tokens_response");
    UUID organisation = id(example.get("organisation"));
    UUID account = account(example);
    UUID role = UUID.randomUUID();
    db.insertInto(ROLE)
        .set(ROLE.ID, role)
        .set(ROLE.ORGANISATION_ID, organisation)
        .set(ROLE.NAME, "r-" + role)
        .set(ROLE.FOLDED_NAME, "r-" + role)
        .set(ROLE.COLOR, "")
        .set(ROLE.IS_DEFAULT, false)
        .set(ROLE.GLOBAL_ACCESS, false)
        .set(ROLE.PERMISSIONS, DefaultRole.DEVELOPER.permissions().toJson())
        .set(ROLE.CREATED_AT, Instant.EPOCH)
        .execute();
    db.insertInto(ACCOUNT)
        .set(ACCOUNT.ID, account)
        .set(ACCOUNT.ORGANISATION_ID, organisation)
        .set(ACCOUNT.KIND, KINDS.get(vector.get("kind").stringValue()))
        .set(ACCOUNT.ROLE_ID, role)
        .set(ACCOUNT.CREATED_AT, Instant.EPOCH)
        .set(ACCOUNT.UPDATED_AT, Instant.EPOCH)
        .execute();
    db.insertInto(TOKEN)
        .set(TOKEN.ID, UUID.randomUUID())
        .set(TOKEN.ORGANISATION_ID, organisation)
        .set(TOKEN.ACCOUNT_ID, account)
        .set(TOKEN.NAME, "example")
        .set(TOKEN.DIGEST, HexFormat.of().parseHex(vector.get("bearer_sha256").stringValue()))
        .set(TOKEN.IDENTITY_KEY, vector.get("x25519_public_key").stringValue())
        .set(TOKEN.WRAPPED_KEY_SHARE, vector.get("wrapped_key_share").stringValue())
        .set(TOKEN.CREATED_AT, Instant.EPOCH)
        .execute();
    for (JsonNode key : example.at("/apps/0/environment_keys")) {
      db.insertInto(ENVIRONMENT_KEY)
          .set(ENVIRONMENT_KEY.ID, id(key))
          .set(ENVIRONMENT_KEY.ORGANISATION_ID, organisation)
          .set(ENVIRONMENT_KEY.ENVIRONMENT_ID, id(key.get("environment")))
          .set(ENVIRONMENT_KEY.ACCOUNT_ID, account)
          .set(ENVIRONMENT_KEY.WRAPPED_SEED, key.get("wrapped_seed").stringValue())
          .set(ENVIRONMENT_KEY.WRAPPED_SALT, key.get("wrapped_salt").stringValue())
          .set(ENVIRONMENT_KEY.CREATED_AT, instant(key, "created_at"))
          .set(ENVIRONMENT_KEY.UPDATED_AT, instant(key, "updated_at"))
          .execute();
      db.insertInto(ENVIRONMENT_GRANT)
          .set(ENVIRONMENT_GRANT.ID, UUID.randomUUID())
          .set(ENVIRONMENT_GRANT.ORGANISATION_ID, organisation)
          .set(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID, id(key))
          .set(ENVIRONMENT_GRANT.CREATED_AT, Instant.EPOCH)
          .execute();
    }
  }

  private void insertSecret(DSLContext db, JsonNode row) {
    JsonNode example = vectors.at("/tokens/0/tokens_response");
    UUID organisation = id(example.get("organisation"));
    UUID environment = UUID.fromString(row.get("environment").stringValue());
    boolean isInFolder = !row.get("folder").isNull();
    if (isInFolder) {
      db.insertInto(FOLDER)
          .set(FOLDER.ID, UUID.fromString(row.get("folder").stringValue()))
          .set(FOLDER.ORGANISATION_ID, organisation)
          .set(FOLDER.ENVIRONMENT_ID, environment)
          .set(FOLDER.NAME, row.get("path").stringValue().substring(1))
          .set(FOLDER.CREATED_AT, Instant.EPOCH)
          .execute();
    }
    db.insertInto(SECRET)
        .set(SECRET.ID, id(row))
        .set(SECRET.ORGANISATION_ID, organisation)
        .set(SECRET.ENVIRONMENT_ID, environment)
        .set(SECRET.PATH, row.get("path").stringValue())
        .set(SECRET.KEY_CIPHERTEXT, row.get("key").stringValue())
        .set(SECRET.KEY_DIGEST, row.get("key_digest").stringValue())
        .set(SECRET.VALUE_CIPHERTEXT, row.get("value").stringValue())
        .set(SECRET.COMMENT_CIPHERTEXT, row.get("comment").stringValue())
        .set(SECRET.TYPE, row.get("type").stringValue())
        .set(SECRET.LIFECYCLE, row.get("lifecycle").stringValue())
        .set(SECRET.VERSION, row.get("version").intValue())
        .set(SECRET.CREATED_AT, instant(row, "created_at"))
        .set(SECRET.UPDATED_AT, instant(row, "updated_at"))
        .execute();
    if (isInFolder) {
      db.update(SECRET)
          .set(SECRET.FOLDER_ID, UUID.fromString(row.get("folder").stringValue()))
          .where(SECRET.ID.eq(id(row)))
          .execute();
    }
    for (int i = 0; i < row.get("tags").size(); i++) {
      UUID tag = UUID.randomUUID();
      db.insertInto(TAG)
          .set(TAG.ID, tag)
          .set(TAG.ORGANISATION_ID, organisation)
          .set(TAG.NAME, row.get("tags").get(i).stringValue())
          .set(TAG.COLOR, "")
          .set(TAG.CREATED_AT, Instant.EPOCH)
          .execute();
      db.insertInto(SECRET_TAG)
          .set(SECRET_TAG.SECRET_ID, id(row))
          .set(SECRET_TAG.TAG_ID, tag)
          .set(SECRET_TAG.ORGANISATION_ID, organisation)
          .set(SECRET_TAG.POSITION, i)
          .execute();
    }
    JsonNode own = row.get("override");
    if (!own.isNull()) {
      db.insertInto(SECRET_OVERRIDE)
          .set(SECRET_OVERRIDE.ID, id(own))
          .set(SECRET_OVERRIDE.ORGANISATION_ID, organisation)
          .set(SECRET_OVERRIDE.SECRET_ID, id(row))
          .set(SECRET_OVERRIDE.ACCOUNT_ID, account(example))
          .set(SECRET_OVERRIDE.VALUE_CIPHERTEXT, own.get("value").stringValue())
          .set(SECRET_OVERRIDE.IS_ACTIVE, own.get("is_active").booleanValue())
          .set(SECRET_OVERRIDE.CREATED_AT, instant(own, "created_at"))
          .set(SECRET_OVERRIDE.UPDATED_AT, instant(own, "updated_at"))
          .execute();
    }
  }

  private static UUID account(JsonNode example) {
    for (String member : new String[] {"user_id", "account_id"}) {
      if (example.has(member)) {
        return UUID.fromString(example.get(member).stringValue());
      }
    }
    return new UUID(0x5e41L << 48, 1);
  }

  private static UUID id(JsonNode thing) {
    return UUID.fromString(thing.get("id").stringValue());
  }

  private static Instant instant(JsonNode thing, String member) {
    return Instant.parse(thing.get(member).stringValue());
  }
}
