package lockstep.cli.api;

import java.io.Serial;

/** A command cannot do what it was asked; the message is for the person who asked. */
public final class CommandException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  /** Says why, in one sentence. */
  public CommandException(String message) {
    super(message);
  }

  /** Says why, in one sentence. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
