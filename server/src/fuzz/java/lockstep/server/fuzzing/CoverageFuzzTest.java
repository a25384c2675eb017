package lockstep.server.fuzzing;

import java.nio.file.Path;
import lockstep.references.ReferencesTarget;
import lockstep.server.auth.AuthorizationTarget;
import lockstep.server.http.ParsersTarget;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The edge, its parsers, and those of references with inputs that coverage chooses, and with those
 * that it chose.
 */
@Tag("slow-lane")
final class CoverageFuzzTest {

  @TempDir private Path folder;

  @Test
  void theEdgeWithKnownInputs() throws Exception {
    for (byte[] input : CoverageFuzzing.corpus("edge")) {
      EdgeTarget.fuzzerTestOneInput(input);
    }
  }

  @Test
  void parsersWithKnownInputs() throws Exception {
    for (byte[] input : CoverageFuzzing.corpus("parsers")) {
      ParsersTarget.fuzzerTestOneInput(input);
    }
  }

  @Test
  void authorizationWithKnownInputs() throws Exception {
    for (byte[] input : CoverageFuzzing.corpus("authorization")) {
      AuthorizationTarget.fuzzerTestOneInput(input);
    }
  }

  @Test
  void referencesWithKnownInputs() throws Exception {
    for (byte[] input : CoverageFuzzing.corpus("references")) {
      ReferencesTarget.fuzzerTestOneInput(input);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "lockstep.fuzz.seconds", matches = "[0-9]+")
  void theEdge() throws Exception {
    CoverageFuzzing.run(
        EdgeTarget.class,
        "lockstep.server.http.**:lockstep.server.auth.**:org.eclipse.jetty.http.**",
        "edge",
        folder);
  }

  @Test
  void parsers() throws Exception {
    CoverageFuzzing.run(
        ParsersTarget.class, "lockstep.server.http.**:lockstep.server.net.**", "parsers", folder);
  }

  @Test
  void authorization() throws Exception {
    CoverageFuzzing.run(
        AuthorizationTarget.class, "lockstep.server.auth.Credentials", "authorization", folder);
  }

  @Test
  void references() throws Exception {
    CoverageFuzzing.run(ReferencesTarget.class, "lockstep.references.**", "references", folder);
  }
}
