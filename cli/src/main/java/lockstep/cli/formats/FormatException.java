package lockstep.cli.formats;

import java.io.Serial;

/** A file is not in its format, or a value does not fit into one. The message holds no value. */
public final class FormatException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  FormatException(String message) {
    super(message);
  }
}
