package lockstep.server.keys;

import java.io.Serial;
import java.util.Collection;

/** The configured server keys are not those that this database needs. */
public final class ServerKeyMismatchException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  ServerKeyMismatchException() {
    super(
        "the server key (SERVER_SECRET) is not the one this database was written with;"
            + " configure the original key, or nothing in the database can be opened");
  }

  /**
   * The change of the server key is not finished.
   *
   * @param needed names of keys that are missing
   */
  ServerKeyMismatchException(Collection<String> needed) {
    super(
        "a part of the database is still wrapped to another server key, with the public half "
            + String.join(", ", needed)
            + "; give it as SERVER_SECRET_PREVIOUS until 'lockstep server-key status' says that"
            + " nothing is left");
  }

  private ServerKeyMismatchException(String message) {
    super(message);
  }

  /** The key that shall be in use was in use before, and another one took its place. */
  public static ServerKeyMismatchException replacedBefore() {
    return new ServerKeyMismatchException(
        "the server key (SERVER_SECRET) was replaced by another one, and a key that was replaced"
            + " does not come back; configure the key in use as SERVER_SECRET");
  }
}
