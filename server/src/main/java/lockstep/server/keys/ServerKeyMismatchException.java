package lockstep.server.keys;

import java.io.Serial;

/** The configured server key is not the one that this database was written with. */
public final class ServerKeyMismatchException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  ServerKeyMismatchException() {
    super(
        "the server key (SERVER_SECRET) is not the one this database was written with;"
            + " configure the original key, or nothing in the database can be opened");
  }
}
