package lockstep.cli.run;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** Functions of the C library, and what is passed to them. */
final class CLibrary {

  static final int SIGNAL_SET_BYTES = 128;

  private static final int F_SETFD = 2;
  private static final int FD_CLOEXEC = 1;

  private final Linker linker = Linker.nativeLinker();
  private final MethodHandle fcntl =
      function(
          "fcntl",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(2));

  /**
   * Finds a function.
   *
   * @throws UnsupportedOperationException if this machine has none of the name
   */
  @SuppressWarnings("restricted") // the types are those of the C declarations
  MethodHandle function(String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return linker.downcallHandle(symbol(name), descriptor, options);
  }

  /** Whether there is a function or variable of this name. */
  boolean has(String name) {
    return linker.defaultLookup().find(name).isPresent();
  }

  /** The address of a function or variable. */
  MemorySegment symbol(String name) {
    return linker
        .defaultLookup()
        .find(name)
        .orElseThrow(() -> new UnsupportedOperationException("no function " + name));
  }

  /** Has the system close, at the start of a program, what is none of the program's business. */
  void closeOwnOnExec() throws Throwable {
    for (int number : Descriptors.own()) {
      // Fails for the one with which the folder was read, which is closed by now.
      int _ = (int) fcntl.invokeExact(number, F_SETFD, FD_CLOEXEC);
    }
  }

  /** A null-terminated array of null-terminated texts. */
  static MemorySegment texts(Arena arena, List<byte[]> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, text(arena, texts.get(i)));
    }
    array.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
    return array;
  }

  private static MemorySegment text(Arena arena, byte[] bytes) {
    MemorySegment text = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, text, JAVA_BYTE, 0, bytes.length);
    return text;
  }
}
