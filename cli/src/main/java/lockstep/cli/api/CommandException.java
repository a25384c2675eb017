package lockstep.cli.api;

import java.io.Serial;
import java.util.OptionalInt;

/** A command cannot do what it was asked; the message is for the person who asked. */
public final class CommandException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  /** The status of the server's answer; 0 if there is none. */
  private final int status;

  private final int exitCode;

  /** Says why, in one sentence. */
  public CommandException(String message) {
    this(message, 1);
  }

  /** Says why, and with what exit code the command is to end. */
  public CommandException(String message, int exitCode) {
    super(message);
    this.status = 0;
    this.exitCode = exitCode;
  }

  /** Says in the server's words why it refused with this HTTP status. */
  CommandException(int status, String message) {
    super(message);
    this.status = status;
    this.exitCode = 1;
  }

  /** Says why, in one sentence. */
  public CommandException(String message, Throwable cause) {
    super(message, cause);
    this.status = 0;
    this.exitCode = 1;
  }

  /** The exit code of the command. */
  public int exitCode() {
    return exitCode;
  }

  /** The HTTP status with which the server refused, if that is what happened. */
  public OptionalInt status() {
    return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
  }
}
