package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.KEY_ROTATION;
import static lockstep.server.store.tables.Tables.KEY_ROTATION_KEY;
import static lockstep.server.store.tables.Tables.KEY_ROTATION_TEXT;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.StoredEnvironment;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.BeforeEach;
import tools.jackson.databind.JsonNode;

/** An environment that only clients can open, whose keys one of them changes. */
@SuppressWarnings("NullAway.Init") // set before each test
abstract class ClientRotationContract extends OnBothDatabases {

  static final String CHANGED =
      "The environment was changed since this rotation was begun. Begin again.";

  EndToEndClient client;
  TestApp vault;
  TestCaller developer;

  @BeforeEach
  final void prepareVault() {
    client = new EndToEndClient(owner);
    vault = client.app("vault", "prod", "other");
    developer = organisation.member(DefaultRole.DEVELOPER);
    client.give(vault, "prod", developer).is(200);
  }

  String environment() {
    return vault.environment("prod");
  }

  TestClient open(TestCaller caller) {
    return TestClient.open(caller, organisation.token(caller), environment());
  }

  TestRotation begin() {
    return TestRotation.begin(owner, open(owner).keys(), environment());
  }

  TestRotation rotate() {
    return TestRotation.perform(owner, open(owner).keys(), environment());
  }

  /** Secrets in a folder and outside, one changed, one deleted, and personal values of two. */
  void fill() {
    TestClient mine = open(owner);
    String a = mine.createOne(mine.secret("A", "a1", "comment", mine.encrypt("why")));
    mine.createOne(mine.secret("B", "b", "path", "/folder"));
    String gone = mine.createOne(mine.secret("GONE", "g"));
    mine.update(mine.secret("A", "a2", "id", a)).is(200);
    mine.update(object("id", a, "override", object("value", mine.encrypt("my a")))).is(200);
    TestClient theirs = open(developer);
    theirs.update(object("id", a, "override", object("value", theirs.encrypt("their a")))).is(200);
    mine.delete(gone).is(200);
  }

  Map<String, String> values(TestCaller caller) {
    TestClient reader = open(caller);
    Map<String, String> values = new TreeMap<>();
    for (JsonNode row : reader.list()) {
      String key = reader.decrypt(row, "key");
      assertThat(row.get("key_digest").stringValue()).isEqualTo(reader.digest(key));
      values.put(key, reader.decrypt(row, "value"));
      if (!row.get("override").isNull()) {
        values.put(key + " override", reader.decrypt(row.get("override"), "value"));
      }
    }
    return values;
  }

  static final Map<String, String> OF_OWNER = Map.of("A", "a2", "B", "b", "A override", "my a");

  void requireAsFilled() {
    assertThat(values(owner)).isEqualTo(OF_OWNER);
    assertThat(values(developer)).isEqualTo(Map.of("A", "a2", "B", "b", "A override", "their a"));
  }

  String identityKey() {
    return stored().identityKey();
  }

  /** The environment behind the API. */
  StoredEnvironment stored() {
    return new StoredEnvironment(server.database(), environment());
  }

  int staged() {
    UUID id = organisation.id();
    return server
        .database()
        .read(
            db ->
                db.fetchCount(KEY_ROTATION, KEY_ROTATION.ORGANISATION_ID.eq(id))
                    + db.fetchCount(KEY_ROTATION_TEXT, KEY_ROTATION_TEXT.ORGANISATION_ID.eq(id))
                    + db.fetchCount(KEY_ROTATION_KEY, KEY_ROTATION_KEY.ORGANISATION_ID.eq(id)));
  }

  @SuppressWarnings("unchecked") // made by TestRotation
  static Map<String, Object> row(List<Map<String, Object>> parts, String kind) {
    return parts.stream()
        .filter(part -> part.containsKey(kind))
        .map(part -> ((List<Map<String, Object>>) part.get(kind)).getFirst())
        .findFirst()
        .orElseThrow();
  }

  static String text(Map<String, Object> row, String name) {
    return (String) Objects.requireNonNull(row.get(name));
  }

  static Map<String, Object> with(Map<String, Object> row, String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(row);
    changed.put(name, value);
    return changed;
  }
}
