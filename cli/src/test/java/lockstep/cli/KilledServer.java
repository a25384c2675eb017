package lockstep.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import lockstep.crypto.Token;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.testing.Backend;
import lockstep.server.testing.StoredEnvironment;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import tools.jackson.databind.JsonNode;

/** A server in a process of its own that is killed again and again, on the same data. */
final class KilledServer {

  private static final String OTHER_SESSIONS =
      "select pid from pg_stat_activity"
          + " where datname = current_database() and pid <> pg_backend_pid()";

  private final Map<String, String> settings;
  private final Path data;

  /** On an empty database of this kind, with its files in a folder {@code data} in this one. */
  KilledServer(Backend backend, Path folder) {
    this.data = folder.resolve("data");
    this.settings = new HashMap<>(backend.freshDatabase());
    settings.put("LOCKSTEP_DATA_DIR", data.toString());
    settings.put("SERVER_SECRET", ServerUnderTest.SERVER_SECRET);
    settings.put("LOCKSTEP_PORT", "0");
  }

  /** What it is started with, by the names of environment variables; to be added to. */
  Map<String, String> settings() {
    return settings;
  }

  /** Starts it, on a database that has been used before. */
  CommandProcess start() {
    return CommandProcess.startAgain(settings);
  }

  /** The same caller, at this process. */
  static TestCaller at(CommandProcess server, TestCaller caller) {
    return new TestCaller(server.address(), caller.account(), caller.headers());
  }

  /** Its database, beside it or without it. */
  Database reading() {
    return url()
        .map(Databases::postgresForReading)
        .orElseGet(() -> Databases.embeddedForReading(data));
  }

  /** The public key of an environment's present keys. */
  String identityKey(String environment) {
    try (Database database = reading()) {
      return new StoredEnvironment(database, environment).identityKey();
    }
  }

  /** Requires that this holder's token decrypts just this, with the environment's present keys. */
  void requireReadable(
      CommandProcess server,
      TestCaller holder,
      Token token,
      String environment,
      Map<String, String> content,
      String where) {
    TestClient client = TestClient.open(at(server, holder), token, environment);
    assertThat(client.keys().identityKey()).as(where).isEqualTo(identityKey(environment));
    Map<String, String> decrypted = new TreeMap<>();
    for (JsonNode row : client.list()) {
      String key = client.decrypt(row, "key");
      assertThat(row.get("key_digest").stringValue()).as(where).isEqualTo(client.digest(key));
      decrypted.put(key, client.decrypt(row, "value"));
    }
    assertThat(decrypted).as("decrypted by %s, %s", holder.account(), where).isEqualTo(content);
  }

  private Optional<URI> url() {
    return Optional.ofNullable(settings.get("LOCKSTEP_DATABASE_URL")).map(URI::create);
  }

  /**
   * PostgreSQL finishes the statement of a client that died before it notices: only after that is
   * it certain what was committed.
   */
  void awaitEndOfSessions() {
    if (url().isEmpty()) {
      return;
    }
    try (Database database = reading()) {
      while (database.<Integer>read(db -> db.fetch(OTHER_SESSIONS).size()) > 0) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }
}
