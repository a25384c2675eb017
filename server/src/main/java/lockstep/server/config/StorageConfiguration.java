package lockstep.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import lockstep.crypto.ServerKey;

/**
 * Where a server keeps its data, for commands that look at it without serving it.
 *
 * @param dataDirectory where the embedded database and a generated server key are kept
 * @param databaseUrl PostgreSQL that is used instead of the embedded database; never printed
 * @param serverKey the key, if it was given; never printed
 * @param previousServerKey the key that it takes the place of; never printed
 * @param nextServerKey a key that a server may bring into use; never printed
 */
public record StorageConfiguration(
    Path dataDirectory,
    Optional<URI> databaseUrl,
    Optional<ServerKey> serverKey,
    Optional<ServerKey> previousServerKey,
    Optional<ServerKey> nextServerKey) {

  /**
   * Reads the settings that {@link ServerConfiguration} has under the same names.
   *
   * @param options values from the command line, by the name of their environment variable
   * @throws ConfigurationException naming everything that is wrong
   */
  public static StorageConfiguration read(
      Map<String, String> options, Map<String, String> environment) {
    Settings settings = new Settings(options, environment);
    StorageConfiguration configuration =
        new StorageConfiguration(
            Path.of(settings.text("LOCKSTEP_DATA_DIR", "lockstep-data")),
            settings.parsedSecret("LOCKSTEP_DATABASE_URL", ServerConfiguration::databaseUrl),
            settings.parsedSecret("SERVER_SECRET", ServerConfiguration::serverKey),
            settings.parsedSecret("SERVER_SECRET_PREVIOUS", ServerConfiguration::serverKey),
            settings.parsedSecret("SERVER_SECRET_NEXT", ServerConfiguration::serverKey));
    settings.requireNoProblems();
    return configuration;
  }

  @Override
  public String toString() {
    return "StorageConfiguration[not shown]";
  }
}
