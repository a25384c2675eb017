package lockstep.server.mutation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.pitest.classpath.CodeSource;
import org.pitest.coverage.CoverageDatabase;
import org.pitest.coverage.TestInfo;
import org.pitest.mutationtest.build.MutationGrouper;
import org.pitest.mutationtest.build.MutationGrouperFactory;
import org.pitest.mutationtest.build.TestPrioritiser;
import org.pitest.mutationtest.build.TestPrioritiserFactory;
import org.pitest.mutationtest.config.PluginServices;
import org.pitest.mutationtest.config.ReportOptions;
import org.pitest.mutationtest.config.SettingsFactory;
import org.pitest.mutationtest.engine.MutationDetails;

/**
 * Deals the changes out to a few processes. PIT would start one for each class that it changes, and
 * a process begins by running all tests that it was dealt, because only that shows which there are:
 * ten times the work.
 *
 * <p>{@link UndoingChanges} makes it possible. What else a change leaves behind in a process would
 * make later ones seem noticed; the list of accepted changes, which must stay unnoticed, guards
 * against that.
 */
final class FewProcesses extends SettingsFactory {

  /** A build has two cores. */
  static final int AT_ONCE = 2;

  /**
   * Classes whose changes can stop a thread for ever, which ends the process. They have one of
   * their own, without a server, so that beginning anew costs little.
   */
  private static final Set<String> STOPPING = Set.of("RequestWindow", "SlidingWindowLimiter");

  FewProcesses(ReportOptions options, PluginServices plugins) {
    super(options, plugins);
  }

  @Override
  public MutationGrouperFactory getMutationGrouper() {
    return new MutationGrouperFactory() {
      @Override
      public String description() {
        return "few groups";
      }

      @Override
      public MutationGrouper makeFactory(
          Properties properties, CodeSource code, int threads, int unitSize) {
        return (classes, changes) -> deal(changes);
      }
    };
  }

  @Override
  public TestPrioritiserFactory getTestPrioritiser() {
    TestPrioritiserFactory usual = super.getTestPrioritiser();
    return new TestPrioritiserFactory() {
      @Override
      public String description() {
        return usual.description();
      }

      @Override
      public TestPrioritiser makeTestPrioritiser(
          Properties properties, CodeSource code, CoverageDatabase coverage) {
        TestPrioritiser all = usual.makeTestPrioritiser(properties, code, coverage);
        return change ->
            all.assignTests(change).stream()
                .filter(test -> !isStopping(change) || needsNoServer(test))
                .toList();
      }
    };
  }

  private static boolean isStopping(MutationDetails change) {
    return STOPPING.contains(change.getClassName().getNameWithoutPackage().asJavaName());
  }

  private static boolean needsNoServer(TestInfo test) {
    return test.getName().startsWith(MutationCheck.CHANGED_PACKAGE)
        && !test.getName().contains("ContractTest");
  }

  private static List<List<MutationDetails>> deal(Collection<MutationDetails> changes) {
    List<List<MutationDetails>> groups = new ArrayList<>();
    groups.add(changes.stream().filter(FewProcesses::isStopping).toList());
    List<List<MutationDetails>> others = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      others.add(new ArrayList<>());
    }
    // Those of one class stay together, and with them the tests that they need.
    Map<String, List<MutationDetails>> ofClass = new TreeMap<>();
    changes.stream()
        .filter(change -> !isStopping(change))
        .forEach(
            change ->
                ofClass
                    .computeIfAbsent(change.getClassName().asJavaName(), name -> new ArrayList<>())
                    .add(change));
    for (List<MutationDetails> all : ofClass.values()) {
      others.stream().min(Comparator.comparingInt(List::size)).orElseThrow().addAll(all);
    }
    groups.addAll(others);
    return groups;
  }
}
