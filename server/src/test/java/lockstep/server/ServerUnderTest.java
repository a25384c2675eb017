package lockstep.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lockstep.server.access.DecisionObserver;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.http.Route;
import lockstep.server.store.Database;
import lockstep.server.testing.Backend;
import lockstep.server.testing.FirstOrganisationStub;

/**
 * A real server on a free port of loopback, on a real database that no other server uses. Its first
 * start is skipped (an organisation is there already), because the owner's key ceremony takes
 * seconds; the first start has tests of its own.
 */
public final class ServerUnderTest implements AutoCloseable {

  /** The server key of all test servers. */
  public static final String SERVER_SECRET =
      "a55e7d0c2b1f4e6890123456789abcdef0123456789abcdef0123456789abcde";

  /** The settings that say where a database is. */
  private static final Set<String> PLACES = Set.of("LOCKSTEP_DATABASE_URL", "LOCKSTEP_DATA_DIR");

  private final Lockstep server;

  private ServerUnderTest(Lockstep server) {
    this.server = server;
  }

  /** Starts with default settings. */
  public static ServerUnderTest start(Backend backend) {
    return start(backend, Map.of());
  }

  /** Starts with these settings, by the names of their environment variables. */
  public static ServerUnderTest start(Backend backend, Map<String, String> settings) {
    return start(backend, settings, DecisionObserver.NONE);
  }

  /** Starts with these settings, and tells of all decisions about access. */
  public static ServerUnderTest start(
      Backend backend, Map<String, String> settings, DecisionObserver observer) {
    return start(backend, settings, Clock.systemUTC(), observer);
  }

  /** Starts with these settings and this clock. */
  public static ServerUnderTest start(Backend backend, Map<String, String> settings, Clock clock) {
    return start(backend, settings, clock, DecisionObserver.NONE);
  }

  private static ServerUnderTest start(
      Backend backend, Map<String, String> settings, Clock clock, DecisionObserver observer) {
    Map<String, String> all = new HashMap<>();
    all.put("LOCKSTEP_PORT", "0");
    all.put("SERVER_SECRET", SERVER_SECRET);
    boolean prepared = PLACES.stream().noneMatch(settings::containsKey);
    Path folder = temporaryFolder();
    all.put("LOCKSTEP_DATA_DIR", folder.toString());
    all.putAll(prepared ? backend.preparedDatabase(folder) : backend.freshDatabase());
    all.putAll(settings);
    ServerConfiguration configuration = ServerConfiguration.read(all, Map.of());
    if (!prepared) {
      FirstOrganisationStub.insert(configuration);
    }
    return new ServerUnderTest(Lockstep.start(configuration, clock, () -> {}, observer));
  }

  /** Starts on a database that is there already, where these settings say. */
  public static ServerUnderTest on(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("LOCKSTEP_PORT", "0");
    all.put("SERVER_SECRET", SERVER_SECRET);
    all.putAll(settings);
    return new ServerUnderTest(Lockstep.start(ServerConfiguration.read(all, Map.of())));
  }

  private static Path temporaryFolder() {
    try {
      Path folder = Files.createTempDirectory("lockstep-test");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it listens. */
  public URI uri() {
    return server.uri();
  }

  /** Its database, to arrange what has no route yet and to look behind the API. */
  public Database database() {
    return server.database();
  }

  /** Its routes. */
  public List<Route> routes() {
    return server.router().routes();
  }

  /** The server itself. */
  public Lockstep lockstep() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
