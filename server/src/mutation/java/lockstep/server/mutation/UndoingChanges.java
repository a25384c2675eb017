package lockstep.server.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pitest.boot.HotSwapAgent;
import org.pitest.mutationtest.engine.Mutant;
import org.pitest.mutationtest.environment.EnvironmentResetPlugin;
import org.pitest.mutationtest.environment.ResetEnvironment;
import org.pitest.mutationtest.execute.CatchNewClassLoadersTransformer;

/**
 * Gives a class that was changed its own code back before another one is changed. PIT itself
 * changes one class per process, and leaves it as the last change made it. PIT finds this class by
 * its name in {@code META-INF/services}, and makes it in each of its processes.
 */
public final class UndoingChanges implements EnvironmentResetPlugin {

  /** For the service loader. */
  public UndoingChanges() {}

  @Override
  public String description() {
    return "undoes the changes of one class before those of the next";
  }

  @Override
  public ResetEnvironment make() {
    return new ResetEnvironment() {
      private @Nullable String changed;

      @Override
      public void resetFor(Mutant next) {
        String name = next.getDetails().getClassName().asJavaName();
        if (changed != null && !changed.equals(name)) {
          restore(changed);
        }
        changed = name;
      }
    };
  }

  private static void restore(String name) {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    String path = name.replace('.', '/');
    try (InputStream file = loader.getResourceAsStream(path + ".class")) {
      byte[] code = Objects.requireNonNull(file).readAllBytes();
      // Or PIT would put the changed code in the place of what is swapped in here.
      CatchNewClassLoadersTransformer.setMutant(path, code);
      if (!HotSwapAgent.hotSwap(Class.forName(name, false, loader), code)) {
        throw new IllegalStateException("still changed: " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
