package lockstep.cli.run;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import lockstep.cli.api.CommandException;

/**
 * Puts a program in the place of this process, as {@code exec} of a shell does: it has the number
 * of this process, gets every signal itself, and its end is the end of this process. No JVM stays
 * behind, and nothing passes through a file.
 *
 * <p>The JVM has no method for it, so the functions of the C library are called. They change the
 * process as a whole, which is harmless because it is about to end:
 *
 * <ul>
 *   <li>{@code setenv} adds the variables to those that this process was given, whose bytes stay as
 *       they are, whatever the locale makes of them.
 *   <li>{@code pthread_sigmask} unblocks signals: the JVM blocks SIGQUIT in its threads, and a
 *       program inherits what is blocked. What a signal does, the system sets back by itself, apart
 *       from signals that were ignored before the JVM started.
 *   <li>{@code fcntl} marks what the JVM opened to be closed by the start of the program: sockets
 *       and jars are none of its business. What this process was given is handed on.
 *   <li>{@code execvp} ends all threads and starts the program.
 * </ul>
 */
final class Exec {

  private static final int NO_SUCH_FILE = 2;

  private final CLibrary c = new CLibrary();
  private final StructLayout callState = Linker.Option.captureStateLayout();
  private final MethodHandle setenv =
      c.function(
          "setenv",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT));
  private final MethodHandle setSignalMask =
      c.function(
          "pthread_sigmask",
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS));
  private final MethodHandle execvp =
      c.function(
          "execvp",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
          Linker.Option.captureCallState("errno"));

  /**
   * Finds the functions.
   *
   * @throws UnsupportedOperationException if this machine has none
   */
  Exec() {
    if (!Descriptors.areKnown()) {
      throw new UnsupportedOperationException("this machine does not tell what is open");
    }
  }

  /**
   * Becomes the program.
   *
   * @return never
   * @throws CommandException if the program cannot be started
   */
  CommandException replaceProcess(List<String> command, Variables variables) {
    try (Arena arena = Arena.ofConfined()) {
      for (Map.Entry<String, String> variable : variables.asMap().entrySet()) {
        MemorySegment name = arena.allocateFrom(variable.getKey(), StandardCharsets.UTF_8);
        MemorySegment value = arena.allocateFrom(variable.getValue(), StandardCharsets.UTF_8);
        if ((int) setenv.invokeExact(name, value, 1) != 0) {
          throw new CommandException("the variable " + variable.getKey() + " cannot be set");
        }
      }
      MemorySegment arguments = CLibrary.texts(arena, CommandBytes.of(command));
      MemorySegment none = arena.allocate(CLibrary.SIGNAL_SET_BYTES);
      int _ = (int) setSignalMask.invokeExact(setMask(), none, MemorySegment.NULL);
      c.closeOwnOnExec();
      MemorySegment state = arena.allocate(callState);
      int _ =
          (int) execvp.invokeExact(state, arguments.getAtIndex(ValueLayout.ADDRESS, 0), arguments);
      throw failure(command.getFirst(), errorNumber(state));
    } catch (CommandException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("the functions have other types", e);
    }
  }

  private int errorNumber(MemorySegment state) {
    return (int) callState.varHandle(MemoryLayout.PathElement.groupElement("errno")).get(state, 0L);
  }

  /** The exit codes of shells: 127 for no such program, 126 for one that cannot be started. */
  static CommandException failure(String program, int errorNumber) {
    return errorNumber == NO_SUCH_FILE
        ? new CommandException("there is no program '" + program + "'", 127)
        : new CommandException("the program '" + program + "' cannot be started", 126);
  }

  /** The number of SIG_SETMASK. */
  private static int setMask() {
    return System.getProperty("os.name", "").startsWith("Mac") ? 3 : 2;
  }
}
