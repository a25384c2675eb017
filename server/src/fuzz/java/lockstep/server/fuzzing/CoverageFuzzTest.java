package lockstep.server.fuzzing;

import java.nio.file.Path;
import lockstep.server.http.ParsersTarget;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The edge and its parsers with inputs that coverage chooses, and with those that it chose. */
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
}
