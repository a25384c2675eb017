package lockstep.cli.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Servers and tokens by name, in one JSON file that its owner alone can read: the file that {@code
 * LOCKSTEP_CONFIG} names, or {@code lockstep/config.json} in the user's configuration folder.
 */
public final class Profiles {

  /** The profile that is used when none is named. */
  public static final String DEFAULT = "default";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path file;
  private final Map<String, String> environment;

  /** Finds the file by these environment variables. */
  public Profiles(Map<String, String> environment) {
    this.environment = environment;
    this.file = file(environment);
  }

  private static Path file(Map<String, String> environment) {
    String configured = environment.get("LOCKSTEP_CONFIG");
    if (configured != null && !configured.isEmpty()) {
      return Path.of(configured);
    }
    String folder = environment.get("XDG_CONFIG_HOME");
    Path base =
        folder == null || folder.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(folder);
    return base.resolve("lockstep").resolve("config.json");
  }

  /**
   * The connection to use: address and token from the command line or {@code LOCKSTEP_ADDRESS} and
   * {@code LOCKSTEP_TOKEN} where given, the rest from the profile. A stored token is for the stored
   * address alone.
   *
   * @param name of the profile; {@code LOCKSTEP_PROFILE} or the default one if empty
   * @throws CommandException if an address or a token for it is missing, saying how to give one
   */
  public Connection connection(Optional<String> name, Optional<String> addressOption) {
    String profile = name.or(() -> variable("LOCKSTEP_PROFILE")).orElse(DEFAULT);
    JsonNode stored = read().path("profiles").path(profile);
    Optional<String> storedAddress = stored.path("address").stringValueOpt();
    String address =
        addressOption
            .or(() -> variable("LOCKSTEP_ADDRESS"))
            .or(() -> storedAddress)
            .orElseThrow(() -> missing("address", "LOCKSTEP_ADDRESS"));
    Optional<String> givenToken = variable("LOCKSTEP_TOKEN");
    if (givenToken.isPresent()) {
      return Connection.of(address, givenToken.get());
    }
    String token =
        stored.path("token").stringValueOpt().orElseThrow(() -> missing("token", "LOCKSTEP_TOKEN"));
    Connection connection = Connection.of(address, token);
    if (storedAddress.map(Connection::address).filter(connection.address()::equals).isEmpty()) {
      throw new CommandException(
          "the token of profile '"
              + profile
              + "' is for another server; set LOCKSTEP_TOKEN to use "
              + connection.address());
    }
    return connection;
  }

  private static CommandException missing(String what, String variable) {
    return new CommandException(
        "no " + what + " is known; run 'lockstep login' or set " + variable);
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** Stores or replaces a profile; returns the file. */
  public Path store(String name, String address, String token) {
    ObjectNode content = read();
    ObjectNode profile = content.withObjectProperty("profiles").withObjectProperty(name);
    profile.put("address", address);
    profile.put("token", token);
    write(content);
    return file;
  }

  private ObjectNode read() {
    if (!Files.exists(file)) {
      return JSON.createObjectNode();
    }
    try {
      if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode content) {
        return content;
      }
    } catch (IOException | JacksonException e) {
      // Reported below, without the content, which holds tokens.
    }
    throw new CommandException("the file " + file + " cannot be read or is not JSON");
  }

  private void write(ObjectNode content) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (OwnerOnlyFile draft = OwnerOnlyFile.open(file)) {
        draft.publish(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
      }
    } catch (IOException e) {
      throw new CommandException("the file " + file + " cannot be written", e);
    }
  }
}
