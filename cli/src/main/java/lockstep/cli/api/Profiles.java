package lockstep.cli.api;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import lockstep.client.internal.JsonTree;
import lockstep.client.internal.JsonValue;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Servers and tokens by name, in one JSON file that its owner alone can read: the file that {@code
 * LOCKSTEP_CONFIG} names, or {@code lockstep/config.json} in the user's configuration folder.
 */
public final class Profiles {

  /** The profile that is used when none is named. */
  public static final String DEFAULT = "default";

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
   * Address and token to use. The address is that of the command line, else of {@code
   * LOCKSTEP_ADDRESS}, else of the profile; the token that of {@code LOCKSTEP_TOKEN}, else of the
   * profile. A stored token is for the stored address alone. If none of these knows anything and no
   * profile was named, {@code PHASE_HOST} and {@code PHASE_SERVICE_TOKEN} are used, as a pair.
   *
   * @param name of the profile; {@code LOCKSTEP_PROFILE} or the default one if empty
   * @throws CommandException if an address or a token for it is missing, saying how to give one
   */
  public Credentials credentials(Optional<String> name, Optional<String> addressOption) {
    Optional<String> named = name.or(() -> variable("LOCKSTEP_PROFILE"));
    String profile = named.orElse(DEFAULT);
    JsonValue stored = stored().path("profiles").path(profile);
    Optional<String> storedAddress = stored.path("address").text();
    Optional<String> givenAddress = addressOption.or(() -> variable("LOCKSTEP_ADDRESS"));
    Optional<String> givenToken = variable("LOCKSTEP_TOKEN");
    if (named.or(() -> givenAddress).or(() -> givenToken).or(() -> storedAddress).isEmpty()
        && variable("PHASE_SERVICE_TOKEN").isPresent()) {
      return new Credentials(
          variable("PHASE_HOST").orElseThrow(() -> missing("address", "PHASE_HOST")),
          variable("PHASE_SERVICE_TOKEN").get());
    }
    String address =
        givenAddress
            .or(() -> storedAddress)
            .orElseThrow(() -> missing("address", "LOCKSTEP_ADDRESS"));
    if (givenToken.isPresent()) {
      return new Credentials(address, givenToken.get());
    }
    String token =
        stored.path("token").text().orElseThrow(() -> missing("token", "LOCKSTEP_TOKEN"));
    URI wanted = Connection.address(address);
    if (storedAddress.map(Connection::address).filter(wanted::equals).isEmpty()) {
      throw new CommandException(
          "the token of profile '"
              + profile
              + "' is for another server; set LOCKSTEP_TOKEN to use "
              + wanted);
    }
    return new Credentials(address, token);
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

  /** What is stored, to look at; null if nothing is. */
  private JsonValue stored() {
    try {
      JsonValue content = JsonValue.read(Files.readAllBytes(file));
      if (content.isObject()) {
        return content;
      }
    } catch (NoSuchFileException e) {
      return JsonValue.NULL;
    } catch (IOException | JacksonException e) {
      // Reported below, without the content, which holds tokens.
    }
    throw unreadable();
  }

  /** What is stored, to change. */
  private ObjectNode read() {
    if (!Files.exists(file)) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      if (JsonTree.read(Files.readAllBytes(file)) instanceof ObjectNode content) {
        return content;
      }
    } catch (IOException | JacksonException e) {
      // Reported below, without the content, which holds tokens.
    }
    throw unreadable();
  }

  private CommandException unreadable() {
    return new CommandException("the file " + file + " cannot be read or is not JSON");
  }

  private void write(ObjectNode content) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      try (OwnerOnlyFile draft = OwnerOnlyFile.open(file)) {
        draft.publish(
            JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
      }
    } catch (IOException e) {
      throw new CommandException("the file " + file + " cannot be written", e);
    }
  }
}
