package lockstep.cli.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Signals that this process gets. The JDK tells one from another only in {@code sun.misc.Signal},
 * which is there to stay (module {@code jdk.unsupported}, JEP 260). It is used by reflection
 * because the compiler warns of it in a way that nothing suppresses. The JVM keeps SIGQUIT for
 * itself.
 */
final class Signals {

  private static final String[] FORWARDED = {
    "HUP", "INT", "TERM", "USR1", "USR2", "ALRM", "WINCH", "CONT"
  };

  private Signals() {}

  /** Calls this with the number of each such signal, instead of ending the JVM. */
  static void handle(IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method getNumber = signal.getMethod("getNumber");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (self, method, arguments) -> {
                handler.accept((int) getNumber.invoke(arguments[0]));
                return null;
              });
      Method handle = signal.getMethod("handle", signal, handlerType);
      for (String name : FORWARDED) {
        try {
          handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException e) {
          // A system without such a signal, or a JVM that needs it itself: it is not forwarded.
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("every JDK has signals", e);
    }
  }
}
