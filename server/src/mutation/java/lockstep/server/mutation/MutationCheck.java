package lockstep.server.mutation;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.pitest.mutationtest.commandline.OptionsParser;
import org.pitest.mutationtest.commandline.PluginFilter;
import org.pitest.mutationtest.config.PluginServices;
import org.pitest.mutationtest.config.ReportOptions;
import org.pitest.mutationtest.tooling.EntryPoint;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Changes the package that decides about access in every small way that PIT knows, one at a time,
 * and requires that some test fails each time. Fails on a change that no test noticed, unless it
 * stands with its reason in the list of accepted ones. Fails also on an entry of that list that was
 * not needed: either a test notices the change by now, or every change seems to be noticed because
 * the tests themselves are broken.
 *
 * <p>Arguments: folder of the compiled classes, folder of the sources, folder for the report, list
 * of accepted mutants.
 */
public final class MutationCheck {

  /** Those whose tests decide about the package, on one database for speed. */
  private static final String TESTS =
      "lockstep.server.access.*Test,"
          + "lockstep.server.account.*Test,"
          + "lockstep.server.apps.*Test,"
          + "lockstep.server.environmentkeys.ClientRotationRefusalsContractTest,"
          + "lockstep.server.environmentkeys.EnvironmentKeyRotationContractTest,"
          + "lockstep.server.environments.E*Test,"
          + "lockstep.server.lockbox.*Test,"
          + "lockstep.server.members.*Test,"
          + "lockstep.server.protocol.*Test,"
          + "lockstep.server.recipients.*Test,"
          + "lockstep.server.roles.*Test,"
          + "lockstep.server.secrets.ReferenceAccessContractTest,"
          + "lockstep.server.secrets.SecretRestoreContractTest,"
          + "lockstep.server.secrets.SecretsContextContractTest,"
          + "lockstep.server.secrets.SecretVersionsContractTest,"
          + "lockstep.server.serviceaccounts.*Test,"
          + "lockstep.server.teams.*Test";

  /** Beginning of the names of classes that are changed. */
  static final String CHANGED_PACKAGE = "lockstep.server.access.";

  private static final String JVM_ARGUMENTS =
      "-Xmx700m,-XX:+UseSerialGC,-XX:TieredStopAtLevel=1,--enable-native-access=ALL-UNNAMED,"
          + "-Dlockstep.test.databases=SQLITE,-Djqwik.tries.default=100,-Djqwik.database=";

  private MutationCheck() {}

  public static void main(String[] arguments) throws Exception {
    Path report = Path.of(arguments[2]);
    PluginServices plugins = PluginServices.makeForContextLoader();
    ReportOptions options =
        new OptionsParser(new PluginFilter(plugins))
            .parse(
                new String[] {
                  "--targetClasses",
                  CHANGED_PACKAGE + "*",
                  "--targetTests",
                  TESTS,
                  "--mutableCodePaths",
                  arguments[0],
                  "--sourceDirs",
                  arguments[1],
                  "--reportDir",
                  report.toString(),
                  "--outputFormats",
                  "XML",
                  "--timestampedReports",
                  "false",
                  "--threads",
                  String.valueOf(FewProcesses.AT_ONCE),
                  "--timeoutConst",
                  "10000",
                  "--jvmArgs",
                  JVM_ARGUMENTS,
                  "--skipFailingTests",
                  "false",
                  "--avoidCallsTo",
                  "java.util.logging,org.slf4j",
                  "--verbosity",
                  "NO_SPINNER",
                })
            .getOptions();
    new EntryPoint()
        .execute(null, options, new FewProcesses(options, plugins), Map.of())
        .getError()
        .ifPresent(MutationCheck::fail);
    System.exit(judge(report.resolve("mutations.xml"), Path.of(arguments[3]), System.out));
  }

  private static void fail(Exception error) {
    throw new IllegalStateException("no mutation was tried", error);
  }

  private static int judge(Path mutations, Path list, PrintStream out)
      throws IOException, ParserConfigurationException, SAXException {
    Set<String> accepted = accepted(list);
    Map<String, String> survivors = survivors(mutations);
    Set<String> unexpected = new TreeSet<>(survivors.keySet());
    unexpected.removeAll(accepted);
    Set<String> needless = new TreeSet<>(accepted);
    needless.removeAll(survivors.keySet());
    unexpected.forEach(
        one -> out.println("No test notices this change: " + one + survivors.get(one)));
    needless.forEach(one -> out.println("Listed, but a test notices it: " + one));
    return unexpected.isEmpty() && needless.isEmpty() ? 0 : 1;
  }

  /** Entries are lines {@code class.method: change}, each below comment lines with its reason. */
  private static Set<String> accepted(Path list) throws IOException {
    Set<String> accepted = new TreeSet<>();
    boolean hasReason = false;
    for (String line : Files.readAllLines(list)) {
      if (line.startsWith("#")) {
        hasReason = true;
      } else if (line.isBlank()) {
        hasReason = false;
      } else if (!hasReason) {
        throw new IllegalArgumentException("without a reason: " + line);
      } else {
        accepted.add(line.strip());
      }
    }
    return accepted;
  }

  /** The changes that no test noticed, with the lines where they were made. */
  private static Map<String, String> survivors(Path mutations)
      throws IOException, ParserConfigurationException, SAXException {
    NodeList all =
        DocumentBuilderFactory.newDefaultInstance()
            .newDocumentBuilder()
            .parse(mutations.toFile())
            .getElementsByTagName("mutation");
    if (all.getLength() == 0) {
      throw new IllegalStateException("nothing was mutated");
    }
    Map<String, String> survivors = new TreeMap<>();
    for (int i = 0; i < all.getLength(); i++) {
      Element mutation = (Element) all.item(i);
      if (!mutation.getAttribute("detected").equals("true")) {
        String change =
            "%s.%s: %s"
                .formatted(
                    text(mutation, "mutatedClass").replace(CHANGED_PACKAGE, ""),
                    text(mutation, "mutatedMethod"),
                    text(mutation, "description").replace(CHANGED_PACKAGE.replace('.', '/'), ""));
        survivors.merge(change, " (line " + text(mutation, "lineNumber") + ")", String::concat);
      }
    }
    return survivors;
  }

  private static String text(Element mutation, String tag) {
    return mutation.getElementsByTagName(tag).item(0).getTextContent();
  }
}
