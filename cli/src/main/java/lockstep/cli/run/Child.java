package lockstep.cli.run;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import lockstep.cli.api.CommandException;

/**
 * A program beside this process, which gets the bytes of arguments and variables whatever the
 * locale, and all that this process was given to hand on. {@link ProcessBuilder} does neither: it
 * encodes texts by the locale, and closes what is open.
 */
final class Child {

  private static final int SET_SIGNAL_MASK = 8;
  private static final int ATTRIBUTES_BYTES = 512;

  private static final String SHELL = "/bin/sh";
  private static final int NOT_A_PROGRAM = 8;

  /** The exit code of a program that somebody else has waited for. */
  private static final int UNKNOWN = 255;

  private final long pid;
  private final Kill kill;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();

  private Child(int pid, Kill kill) {
    this.pid = pid;
    this.kill = kill;
  }

  /** What starts programs. */
  static final class Starter {
    private final CLibrary c = new CLibrary();
    private final Kill kill = new Kill();
    private final MethodHandle initAttributes =
        c.function("posix_spawnattr_init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private final MethodHandle destroyAttributes =
        c.function("posix_spawnattr_destroy", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private final MethodHandle setFlags =
        c.function(
            "posix_spawnattr_setflags", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_SHORT));
    private final MethodHandle setSignalMask =
        c.function("posix_spawnattr_setsigmask", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
    private final MethodHandle spawn =
        c.function(
            "posix_spawnp",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private final MethodHandle waitFor =
        c.function("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private final List<byte[]> inherited = variables();

    /**
     * Starts a program.
     *
     * @param variables take the place of those of this process that have their names
     * @throws CommandException if it cannot be started
     */
    Child start(List<byte[]> command, Map<String, String> variables) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment attributes = arena.allocate(ATTRIBUTES_BYTES);
        int _ = (int) initAttributes.invokeExact(attributes);
        // The JVM blocks SIGQUIT in its threads, and a program inherits what is blocked.
        int _ = (int) setFlags.invokeExact(attributes, (short) SET_SIGNAL_MASK);
        MemorySegment none = arena.allocate(CLibrary.SIGNAL_SET_BYTES);
        int _ = (int) setSignalMask.invokeExact(attributes, none);
        MemorySegment environment = CLibrary.texts(arena, with(variables));
        MemorySegment pid = arena.allocate(JAVA_INT);
        c.closeOwnOnExec();
        int error = spawn(arena, pid, command, attributes, environment);
        if (error == NOT_A_PROGRAM) {
          error = spawn(arena, pid, asScript(command), attributes, environment);
        }
        int _ = (int) destroyAttributes.invokeExact(attributes);
        if (error != 0) {
          throw Exec.failure(new String(command.getFirst(), StandardCharsets.UTF_8), error);
        }
        Child child = new Child(pid.get(JAVA_INT, 0), kill);
        Thread.ofPlatform().daemon().start(() -> await(child));
        return child;
      } catch (CommandException e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError("the functions have other types", e);
      }
    }

    private int spawn(
        Arena arena,
        MemorySegment pid,
        List<byte[]> command,
        MemorySegment attributes,
        MemorySegment environment)
        throws Throwable {
      MemorySegment arguments = CLibrary.texts(arena, command);
      return (int)
          spawn.invokeExact(
              pid,
              arguments.getAtIndex(ADDRESS, 0),
              MemorySegment.NULL,
              attributes,
              arguments,
              environment);
    }

    /** Scripts that do not say what runs them are for the shell, as they are for execvp. */
    private static List<byte[]> asScript(List<byte[]> command) {
      String name = new String(command.getFirst(), StandardCharsets.UTF_8);
      String found = name;
      if (!name.contains("/")) {
        for (String folder : String.valueOf(System.getenv("PATH")).split(":", -1)) {
          if (new File(folder, name).canExecute()) {
            found = folder + "/" + name;
            break;
          }
        }
      }
      List<byte[]> script = new ArrayList<>(command);
      script.set(0, found.getBytes(StandardCharsets.UTF_8));
      script.addFirst(SHELL.getBytes(StandardCharsets.UTF_8));
      return script;
    }

    private void await(Child child) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment status = arena.allocate(JAVA_INT);
        int waited = 0;
        // Less than zero when a signal came in between; the child is still there then.
        while (waited != (int) child.pid) {
          waited = (int) waitFor.invokeExact((int) child.pid, status, 0);
          if (waited < 0 && !ProcessHandle.of(child.pid).isPresent()) {
            child.exit.complete(UNKNOWN);
            return;
          }
        }
        int code = status.get(JAVA_INT, 0);
        int signal = code & 0x7f;
        child.exit.complete(signal == 0 ? code >> 8 & 0xff : 128 + signal);
      } catch (Throwable e) {
        child.exit.completeExceptionally(new AssertionError("the function has other types", e));
      }
    }

    private List<byte[]> with(Map<String, String> variables) {
      List<byte[]> all = new ArrayList<>();
      for (byte[] variable : inherited) {
        if (!variables.containsKey(name(variable))) {
          all.add(variable);
        }
      }
      variables.forEach(
          (name, value) -> all.add((name + "=" + value).getBytes(StandardCharsets.UTF_8)));
      return all;
    }

    private static String name(byte[] variable) {
      String text = new String(variable, StandardCharsets.ISO_8859_1);
      return text.substring(0, Math.max(text.indexOf('='), 0));
    }

    /** The variables of this process; the JVM knows only what the locale makes of them. */
    @SuppressWarnings("restricted") // an array of texts that ends with a null
    private List<byte[]> variables() {
      List<byte[]> all = new ArrayList<>();
      if (!c.has("environ")) {
        // On macOS, where the JVM knows them well, because texts are UTF-8 whatever the locale.
        System.getenv()
            .forEach(
                (name, value) -> all.add((name + "=" + value).getBytes(StandardCharsets.UTF_8)));
        return all;
      }
      MemorySegment array = c.symbol("environ").reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0);
      if (array.address() == 0) {
        return all;
      }
      MemorySegment texts = array.reinterpret(Long.MAX_VALUE);
      for (long i = 0; texts.getAtIndex(ADDRESS, i).address() != 0; i++) {
        MemorySegment text = texts.getAtIndex(ADDRESS, i).reinterpret(Long.MAX_VALUE);
        all.add(
            text.getString(0, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1));
      }
      return all;
    }
  }

  boolean isAlive() {
    return !exit.isDone();
  }

  /** Its exit code, or 128 and the number of the signal that ended it. */
  CompletableFuture<Integer> onExit() {
    return exit;
  }

  /** The same, once it has ended. */
  int waitFor() {
    return exit.join();
  }

  /** Whether it ends in this time. */
  boolean waitFor(Duration time) throws InterruptedException {
    try {
      Integer _ = exit.get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Does nothing if it has ended. */
  void signal(int number) {
    if (isAlive()) {
      kill.send(pid, number);
    }
  }
}
