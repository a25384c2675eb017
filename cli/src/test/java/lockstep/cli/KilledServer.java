package lockstep.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import lockstep.server.ServerUnderTest;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestCaller;

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
