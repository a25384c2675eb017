package lockstep.cli.run;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Sends signals; the JDK itself can only send SIGTERM and SIGKILL. */
final class Kill {

  private final MethodHandle kill;

  @SuppressWarnings("restricted") // calls C with the types that it is declared with
  Kill() {
    Linker linker = Linker.nativeLinker();
    kill =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("kill"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /** Does nothing if the process is gone. */
  void send(long process, int signal) {
    try {
      int _ = (int) kill.invokeExact((int) process, signal);
    } catch (Throwable e) {
      throw new AssertionError("the function has another type", e);
    }
  }
}
