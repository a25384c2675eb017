package lockstep.cli.api;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import lockstep.crypto.ServerKey;
import lockstep.server.config.StorageConfiguration;
import lockstep.server.keys.ServerKeyFile;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server keeps its data, for commands that go there without a server. */
public final class StorageOptions {

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description =
          "Where the embedded database lives, ./lockstep-data by default. [LOCKSTEP_DATA_DIR]")
  private @Nullable String dataDirectory;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description =
          "PostgreSQL instead: postgresql://user:password@host/database."
              + " [LOCKSTEP_DATABASE_URL or LOCKSTEP_DATABASE_URL_FILE]")
  private @Nullable String databaseUrl;

  /** Whether either was given on the command line. */
  public boolean isGiven() {
    return dataDirectory != null || databaseUrl != null;
  }

  /**
   * What was given, with the environment's settings for the rest.
   *
   * @throws lockstep.server.config.ConfigurationException naming everything that is wrong
   */
  public StorageConfiguration configuration() {
    Logging.configure(System.getenv());
    Map<String, String> options = new HashMap<>();
    if (dataDirectory != null) {
      options.put("LOCKSTEP_DATA_DIR", dataDirectory);
    }
    if (databaseUrl != null) {
      options.put("LOCKSTEP_DATABASE_URL", databaseUrl);
    }
    return StorageConfiguration.read(options, System.getenv());
  }

  /**
   * Opens the database for reading, whether a server uses it or not.
   *
   * @throws lockstep.server.store.StoreUnavailableException if there is none of this version
   */
  public static Database openForReading(StorageConfiguration storage) {
    return storage
        .databaseUrl()
        .map(Databases::postgresForReading)
        .orElseGet(() -> Databases.embeddedForReading(storage.dataDirectory()));
  }

  /**
   * The server keys that were given; in place of the one that shall be in use also that in the
   * folder of an embedded database.
   */
  public static Optional<ServerKeys> serverKeys(StorageConfiguration storage) {
    return serverKey(storage)
        .map(key -> ServerKeys.of(key, storage.previousServerKey(), storage.nextServerKey()));
  }

  private static Optional<ServerKey> serverKey(StorageConfiguration storage) {
    return storage
        .serverKey()
        .or(
            () ->
                ServerKeyFile.existing(storage.dataDirectory())
                    .filter(file -> storage.databaseUrl().isEmpty())
                    .map(ServerKeyFile::key));
  }

  /**
   * The same.
   *
   * @throws CommandException if there is none
   */
  public static ServerKeys requireServerKeys(StorageConfiguration storage) {
    return serverKeys(storage)
        .orElseThrow(
            () ->
                new CommandException(
                    "the server key is needed: set SERVER_SECRET or SERVER_SECRET_FILE"));
  }
}
