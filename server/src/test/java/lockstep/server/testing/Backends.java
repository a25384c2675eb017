package lockstep.server.testing;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * The databases that contract tests run on: all, unless the system property {@code
 * lockstep.test.databases} names some, separated by commas.
 */
final class Backends implements ArgumentsProvider {

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    String chosen = System.getProperty("lockstep.test.databases");
    Stream<Backend> backends =
        chosen == null
            ? Stream.of(Backend.values())
            : Arrays.stream(chosen.split(",")).map(Backend::valueOf);
    return backends.map(Arguments::of);
  }
}
