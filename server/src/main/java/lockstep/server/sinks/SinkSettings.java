package lockstep.server.sinks;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How audit events get to where they go besides the database.
 *
 * @param name what the position is remembered under; another name begins at the oldest event
 * @param required whether a request is answered only after its events were delivered
 * @param secret what requests to a web hook are signed with
 * @param authorities certificates, in PEM, that are trusted instead of the usual ones
 * @param rotation when a file is full
 */
public record SinkSettings(
    String name,
    SinkAddress address,
    boolean required,
    Optional<String> secret,
    Optional<Path> authorities,
    Rotation rotation) {

  /**
   * When a file is set aside.
   *
   * @param bytes a file that would be larger is set aside first
   * @param kept so many of those are kept
   */
  public record Rotation(long bytes, int kept) {}

  /**
   * Tries whether a file has certificates that can be trusted.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static Path authorities(String file) {
    Path path = Path.of(file);
    Authorities.trust(path);
    return path;
  }

  @Override
  public String toString() {
    return "SinkSettings[" + name + ", " + address + ", secret not shown]";
  }
}
