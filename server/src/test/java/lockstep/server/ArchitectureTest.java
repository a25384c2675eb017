package lockstep.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import lockstep.server.access.AppAccess;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.access.HeldKeysAccess;
import lockstep.server.access.HistoryAccess;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.access.SecretsAccess;
import lockstep.server.access.ServiceAccountAccess;
import lockstep.server.access.TeamAccess;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;

/** Who may know whom, and how stored data is reached. */
@AnalyzeClasses(packages = "lockstep", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "lockstep.server";

  /**
   * The packages that features stand on, and what of ours each may know. Every other package is a
   * feature.
   */
  private static final Map<String, Set<String>> FOUNDATIONS =
      Map.ofEntries(
          Map.entry("ids", Set.of()),
          Map.entry("net", Set.of()),
          Map.entry("metrics", Set.of()),
          Map.entry("mail", Set.of()),
          Map.entry("store", Set.of()),
          Map.entry("http", Set.of("ids", "net")),
          Map.entry("access", Set.of("http", "ids", "net", "store")),
          Map.entry("audit", Set.of("access", "http", "ids", "keys", "store")),
          Map.entry("auth", Set.of("access", "audit", "http", "ids", "store")),
          Map.entry("keys", Set.of("access", "http", "ids", "store")),
          Map.entry("sinks", Set.of("audit", "http", "metrics", "store")),
          Map.entry("config", Set.of("access", "http", "mail", "net", "sinks")),
          Map.entry("health", Set.of("access", "http", "store")),
          Map.entry("openapi", Set.of("access", "http")));

  /** What features show to other features. A new door is a decision: write it down here. */
  private static final Map<String, Set<String>> DOORS =
      Map.of(
          "environments",
          Set.of(
              "Environments",
              "EndToEndEnvironments",
              "ClientEnvironment",
              "Environment",
              "EnvironmentName",
              "EnvironmentType",
              "NewEnvironment"),
          "accounts",
          Set.of("AccountReach", "AccessibleApp", "DesiredAccess", "RoleName"),
          "organisations",
          Set.of("Organisations"),
          "roles",
          Set.of("Roles", "Role"),
          "secrets",
          Set.of("EncryptedSecrets", "Listed"),
          "serviceaccounts",
          Set.of("ServiceAccounts"),
          "tokens",
          Set.of("PersonalTokens", "PersonalToken", "NewToken"));

  /** Public classes of features that only the command uses, which is not looked at here. */
  private static final Set<String> FOR_THE_COMMAND =
      Set.of(
          "FirstStartException",
          "ServerKeyStatus",
          "BackupCheck",
          "BackupException",
          "BackupHeader",
          "BackupReader",
          "BackupSummary",
          "BackupWriter");

  private static final Set<Class<?>> CAPABILITIES =
      Set.of(
          OrganisationAccess.class,
          AppAccess.class,
          EnvironmentAccess.class,
          SecretsAccess.class,
          CiphertextAccess.class,
          OwnAccountAccess.class,
          HistoryAccess.class,
          HeldKeysAccess.class,
          ServiceAccountAccess.class,
          TeamAccess.class);

  /** Classes that make capabilities. */
  private static final Set<String> DECIDING =
      Set.of(
          "Access",
          "EndToEndDecisions",
          "HistoryAccess",
          "HistoryDecisions",
          "SecretsAccess",
          "ServiceAccountDecisions",
          "TeamDecisions");

  /** Methods that reach stored data without a capability, and why they may. */
  private static final Map<String, String> WITHOUT_CAPABILITY =
      Map.ofEntries(
          Map.entry(
              "Environments.createAll",
              "runs in the transaction that creates the app, for which its caller holds a"
                  + " capability"),
          Map.entry(
              "Environments.prepareKeys",
              "makes keys and reads only who would get them; nothing of an organisation leaves it"),
          Map.entry(
              "Environments.insert",
              "runs in the transaction that creates the app or holds it, for which its caller"
                  + " holds a capability"),
          Map.entry(
              "Environments.requireGlobalHolder",
              "the same; says no more than that somebody is there"),
          Map.entry(
              "EndToEndEnvironments.createAll",
              "runs in the transaction that creates the app, for which its caller holds a"
                  + " capability"),
          Map.entry(
              "ServerKeyRotation.status",
              "no route leads to it: says how many keys there are, and nothing of an organisation"),
          Map.entry("ServerKeyRotation.begin", "no route leads to it: a start of the server does"),
          Map.entry("ServerKeyRotation.rewrapSome", "the same"),
          Map.entry("ServerKeyRotation.finish", "the same"),
          Map.entry("ServerKeyRotation.run", "the same"),
          Map.entry("ServerKeyRotation.runInBackground", "the same"),
          Map.entry("ServerKeyRotation.close", "reaches no database"),
          Map.entry(
              "BackupWriter.write",
              "no route leads to it: run by who holds the database and the server key"),
          Map.entry("LockboxOpening.look", "takes the id in the link in place of one"),
          Map.entry("LockboxOpening.open", "takes the id in the link in place of one"),
          Map.entry("FirstStart.isDue", "there is no caller before there is an organisation"),
          Map.entry("FirstStart.perform", "there is no caller before there is an organisation"),
          Map.entry("InviteAcceptance.find", "takes the code of the link in place of one"),
          Map.entry("InviteAcceptance.accept", "takes the invite that find gives to the code"),
          Map.entry("InviteAcceptance.requireInvitee", "reaches no database"),
          Map.entry("InviteAcceptance.now", "reaches no database"),
          Map.entry("ServiceAccountTokens.now", "reaches no database"),
          Map.entry(
              "ServiceAccountTokens.store",
              "runs in the transaction that creates the account, for which its caller holds a"
                  + " capability"),
          Map.entry(
              "ServiceAccountTokens.recordDeletions",
              "runs in the transaction that deletes the account, for which its caller holds a"
                  + " capability"),
          Map.entry(
              "PersonalTokens.add",
              "runs in the transaction that makes the member, who has no token to act with yet"));

  /** Classes beside the {@code *Store} ones that ask the database, and why they may. */
  private static final Map<String, String> ASKING =
      Map.ofEntries(
          Map.entry("Access", "narrows lists to what the caller reaches"),
          Map.entry("AccessRevision", "one statement that every feature needs"),
          Map.entry("AssignableRole", "a role that was looked up by the one who may assign it"),
          Map.entry("GrantableApp", "an app with what the caller itself reaches of it"),
          Map.entry("EndToEndDecisions", "decides by what it finds"),
          Map.entry("GrantBatch", "inserts wrapped keys together, in one order"),
          Map.entry("ServiceAccountDecisions", "decides by what it finds"),
          Map.entry("TeamStanding", "what decisions about teams go by"),
          Map.entry("EnvironmentKeyring", "key material never passes through features"),
          Map.entry("EnvironmentGrants", "conditions for its store"),
          Map.entry("ServerKeyCheck", "reads and writes the canary before any feature exists"),
          Map.entry("Readiness", "probes the database itself"),
          Map.entry("SecretWriter", "the statements of one batch, in the order that locks need"),
          Map.entry(
              "SecretReferences", "looks names up in the snapshot of the request that reads"));

  @ArchTest
  static final ArchRule FOUNDATIONS_KNOW_ONLY_WHAT_LIES_BELOW =
      classes()
          .that(areIn("a foundation", (name, _) -> FOUNDATIONS.containsKey(name)))
          .should(
              onlyDepend(
                  (from, to) ->
                      from.equals(to) || FOUNDATIONS.getOrDefault(from, Set.of()).contains(to)))
          .because("a request flows one way, and nothing below may know what is above it");

  @ArchTest
  static final ArchRule NOTHING_KNOWS_THE_COMPOSITION_ROOT =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT)
          .because("one place puts the parts together, and the parts do not know it");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices()
          .matching(ROOT + ".(*)..")
          .should()
          .beFreeOfCycles()
          .because("a cycle makes two packages one");

  @ArchTest
  static final ArchRule THE_LOWEST_LAYERS_USE_NO_LIBRARY =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".ids..", ROOT + ".net..")
          .should()
          .dependOnClassesThat(
              not(resideInAnyPackage("java..", "org.jspecify..", ROOT + ".ids..", ROOT + ".net..")))
          .because("they are values, which everything uses");

  @ArchTest
  static final ArchRule ONLY_THE_STORE_KNOWS_THE_DATABASES =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".store..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "org.sqlite..",
                      "org.postgresql..",
                      "com.zaxxer..",
                      "org.flywaydb..",
                      "java.sql..",
                      "javax.sql..")
                  .or(
                      DescribedPredicate.describe(
                          "the dialect", c -> c.isEquivalentTo(SQLDialect.class))))
          .because(
              "no behaviour may differ between the two databases, so nobody can tell them apart");

  @ArchTest
  static final ArchRule ONLY_THE_EDGE_KNOWS_JETTY =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".http..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.eclipse.jetty..")
          .because(
              "limits and checks of the edge hold for everything only if there is no way around");

  @ArchTest
  static final ArchRule WHAT_CLIENTS_SHARE_KNOWS_NOTHING_OF_THE_SERVER =
      noClasses()
          .that()
          .resideInAnyPackage("lockstep.crypto..", "lockstep.references..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "..")
          .because("clients use it too");

  @ArchTest
  static final ArchRule FEATURES_MEET_AT_DOORS =
      classes()
          .that(areIn("a feature", (name, _) -> isFeature(name)))
          .should(onlyBeUsedThroughDoors())
          .because("what is behind a door can change without asking anybody");

  @ArchTest
  static final ArchRule FEATURES_SHOW_ONLY_WHAT_IS_USED =
      classes()
          .that(areIn("a feature", (name, _) -> isFeature(name)))
          .and()
          .arePublic()
          .and()
          .areTopLevelClasses()
          .and(areNot(FOR_THE_COMMAND))
          .should(beUsedOutsideItsPackage())
          .because("public is a promise");

  @ArchTest
  static final ArchRule ONLY_ACCESS_MAKES_CAPABILITIES =
      noClasses()
          .that(not(resideInAPackage(ROOT + ".access")).or(areNot(DECIDING)))
          .should(callConstructorsOf(CAPABILITIES))
          .because("a capability proves that access was decided");

  @ArchTest
  static final ArchRule CAPABILITIES_CANNOT_BE_MADE_ELSEWHERE =
      constructors()
          .that()
          .areDeclaredInClassesThat(
              DescribedPredicate.describe("are capabilities", ArchitectureTest::isCapability))
          .should()
          .bePackagePrivate()
          .because("features could make their own otherwise");

  @ArchTest
  static final ArchRule STORED_DATA_IS_REACHED_WITH_A_CAPABILITY =
      classes()
          .that(areIn("a feature", (name, _) -> isFeature(name)))
          .should(takeCapabilities())
          .because("a route that forgets the check must have nothing to call");

  @ArchTest
  static final ArchRule QUERIES_ARE_IN_STORES =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".store..")
          .and(
              DescribedPredicate.describe(
                  "are no stores",
                  c ->
                      !outermost(c).getSimpleName().endsWith("Store")
                          && !ASKING.containsKey(outermost(c).getSimpleName())))
          .should(ask())
          .because("queries, each with its organisation, are reviewed in one place per feature");

  @ArchTest
  static final ArchRule ROUTES_DO_NOT_TOUCH_THE_DATABASE =
      noClasses()
          .that()
          .haveSimpleNameEndingWith("Routes")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.jooq..")
                  .or(
                      DescribedPredicate.describe(
                          "the database", c -> c.isEquivalentTo(Database.class))))
          .because("routes turn HTTP into calls of a feature and back, nothing else");

  private static String packageOf(JavaClass c) {
    String name = c.getPackageName();
    if (!name.startsWith(ROOT + ".")) {
      return "";
    }
    String below = name.substring(ROOT.length() + 1);
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }

  private static DescribedPredicate<JavaClass> areNot(Set<String> names) {
    return DescribedPredicate.describe(
        "are none of " + names, c -> !names.contains(c.getSimpleName()));
  }

  private static boolean isFeature(String name) {
    return !name.isEmpty() && !FOUNDATIONS.containsKey(name);
  }

  private static boolean isCapability(JavaClass c) {
    return CAPABILITIES.stream().anyMatch(c::isEquivalentTo);
  }

  private static JavaClass outermost(JavaClass c) {
    return c.getEnclosingClass().map(ArchitectureTest::outermost).orElse(c);
  }

  private static DescribedPredicate<JavaClass> areIn(
      String what, BiPredicate<String, JavaClass> test) {
    return DescribedPredicate.describe("are in " + what, c -> test.test(packageOf(c), c));
  }

  private static ArchCondition<JavaClass> onlyDepend(BiPredicate<String, String> allowed) {
    return condition(
        "only know what lies below",
        (c, events) -> {
          for (Dependency dependency : c.getDirectDependenciesFromSelf()) {
            String target = packageOf(dependency.getTargetClass());
            if (!target.isEmpty() && !allowed.test(packageOf(c), target)) {
              violated(events, c, dependency.getDescription());
            }
          }
        });
  }

  private static ArchCondition<JavaClass> onlyBeUsedThroughDoors() {
    return condition(
        "only be used through doors",
        (c, events) -> {
          String own = packageOf(c);
          boolean isDoor = DOORS.getOrDefault(own, Set.of()).contains(outermost(c).getSimpleName());
          for (Dependency dependency : c.getDirectDependenciesToSelf()) {
            String user = packageOf(dependency.getOriginClass());
            if (!user.isEmpty() && !user.equals(own) && !isDoor) {
              violated(events, c, dependency.getDescription());
            }
          }
        });
  }

  private static ArchCondition<JavaClass> beUsedOutsideItsPackage() {
    return condition(
        "be used outside its package",
        (c, events) -> {
          boolean isUsed =
              c.getDirectDependenciesToSelf().stream()
                  .anyMatch(use -> !packageOf(use.getOriginClass()).equals(packageOf(c)));
          if (!isUsed) {
            violated(events, c, c.getName() + " is public, and nobody outside uses it");
          }
        });
  }

  private static ArchCondition<JavaClass> callConstructorsOf(Set<Class<?>> made) {
    return condition(
        "make " + made,
        (c, events) -> {
          for (JavaConstructorCall call : c.getConstructorCallsFromSelf()) {
            if (made.stream().anyMatch(call.getTargetOwner()::isEquivalentTo)) {
              events.add(SimpleConditionEvent.satisfied(c, call.getDescription()));
            }
          }
        });
  }

  /** Holds for the methods that others can call on a class that has the database. */
  private static ArchCondition<JavaClass> takeCapabilities() {
    return condition(
        "take a capability in every method that reaches the database",
        (c, events) -> {
          boolean hasDatabase =
              c.getFields().stream().anyMatch(f -> f.getRawType().isEquivalentTo(Database.class));
          if (!hasDatabase) {
            return;
          }
          for (JavaMethod method : c.getMethods()) {
            boolean isOpen =
                !method.getModifiers().contains(JavaModifier.PRIVATE)
                    && !method.getModifiers().contains(JavaModifier.SYNTHETIC);
            String name = c.getSimpleName() + "." + method.getName();
            if (isOpen
                && !WITHOUT_CAPABILITY.containsKey(name)
                && method.getRawParameterTypes().stream()
                    .noneMatch(ArchitectureTest::isCapability)) {
              violated(events, c, method.getDescription() + " takes no capability");
            }
          }
        });
  }

  private static ArchCondition<JavaClass> ask() {
    return condition(
        "build queries",
        (c, events) -> {
          for (JavaMethodCall call : c.getMethodCallsFromSelf()) {
            if (call.getTargetOwner().isAssignableTo(DSLContext.class)
                || call.getTargetOwner().getName().equals("org.jooq.impl.DSL")) {
              events.add(SimpleConditionEvent.satisfied(c, call.getDescription()));
            }
          }
        });
  }

  private interface Check {
    void run(JavaClass c, ConditionEvents events);
  }

  private static ArchCondition<JavaClass> condition(String description, Check check) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        check.run(c, events);
      }
    };
  }

  private static void violated(ConditionEvents events, JavaClass c, String message) {
    events.add(SimpleConditionEvent.violated(c, message));
  }
}
