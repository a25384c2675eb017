package lockstep.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Habits that the security of the whole depends on. */
@AnalyzeClasses(packages = "lockstep", importOptions = ImportOption.DoNotIncludeTests.class)
final class CodingRulesTest {

  /** Sources of randomness, and why each has its own. */
  private static final Map<String, String> RANDOM =
      Map.of(
          "Entropy", "the source of all key material",
          "Uuids", "random parts of ids, held in a class of its own so that it loads late",
          "FirstStart", "makes one password",
          "TlsFiles", "makes a text to sign once, to see whether a key fits its certificate");

  /** Classes that compare bytes one by one, and why that tells an attacker nothing. */
  private static final Map<String, String> PLAIN_COMPARISONS =
      Map.of(
          "X25519PublicKey", "public keys are public",
          "IdentityKey", "public keys are public",
          "X25519KeyPair", "refuses an all-zero shared secret, which no honest key gives");

  private static final List<String> SECRET_NAMES =
      List.of(
          "token", "password", "value", "secret", "seed", "privatekey", "recovery", "plaintext");

  /** Records with a component that only sounds secret, and why it is none. */
  private static final Map<String, String> NOT_SECRET =
      Map.of(
          "WrappedEnvironmentKeys", "wrapped to a key that is elsewhere",
          "SealedSecret", "ciphertext",
          "SealedChange", "ciphertext",
          "SecretContent", "ciphertext",
          "KeyRing", "wrapped to keys that are elsewhere",
          "StoredSecret", "ciphertext",
          "ServiceAccountBodies", "names of tokens, not tokens");

  @ArchTest
  static final ArchRule NOBODY_PRINTS =
      noClasses()
          .that()
          .resideOutsideOfPackage("lockstep.cli..")
          .should(ACCESS_STANDARD_STREAMS)
          .because("the command decides what is printed, and logs have one form");

  @ArchTest
  static final ArchRule NOBODY_PRINTS_STACK_TRACES =
      noClasses()
          .should(access("print a stack trace", t -> t.getName().equals("printStackTrace")))
          .because("a fault is logged once, at the edge, under the id that the client got");

  @ArchTest
  static final ArchRule ONE_LOGGING_LIBRARY =
      NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.because("SLF4J is the one way to log");

  @ArchTest
  static final ArchRule NOBODY_SLEEPS =
      noClasses()
          .that()
          .resideOutsideOfPackage("lockstep.server.store..")
          .and()
          .doNotHaveSimpleName("TokenUses")
          .should(
              access(
                  "sleep",
                  t -> t.getOwner().isEquivalentTo(Thread.class) && t.getName().equals("sleep")))
          .because("a thread that sleeps waits for something it should be told");

  @ArchTest
  static final ArchRule RANDOMNESS_HAS_FEW_SOURCES =
      noClasses()
          .that(areNot(RANDOM.keySet()))
          .should(
              access(
                  "make a source of randomness",
                  t ->
                      t.getOwner().isAssignableTo(SecureRandom.class)
                          && t.getName().equals("<init>")))
          .because("what is random for security is reviewed in few places");

  @ArchTest
  static final ArchRule NOTHING_SECRET_IS_MERELY_RANDOM =
      noClasses()
          .that()
          .resideOutsideOfPackages("lockstep.server.store..", "lockstep.server.http..")
          .should(
              access(
                  "use a predictable source of randomness",
                  t -> {
                    String owner = t.getOwner().getName();
                    return owner.equals("java.util.Random")
                        || (owner.equals("java.lang.Math") && t.getName().equals("random"))
                        || owner.equals("java.util.concurrent.ThreadLocalRandom");
                  }))
          .because("only pauses and names of requests may be guessed");

  @ArchTest
  static final ArchRule BYTES_ARE_COMPARED_IN_CONSTANT_TIME =
      noClasses()
          .that()
          .resideInAnyPackage(
              "lockstep.crypto..",
              "lockstep.server.auth..",
              "lockstep.server.keys..",
              "lockstep.server.organisations..")
          .and(areNot(PLAIN_COMPARISONS.keySet()))
          .should(
              access(
                  "compare bytes one by one",
                  t ->
                      t.getOwner().isEquivalentTo(Arrays.class)
                          && (t.getName().equals("equals") || t.getName().equals("mismatch"))))
          .because("MessageDigest.isEqual does not tell how much was right");

  @ArchTest
  static final ArchRule DIGESTS_ARE_NOT_COMPARED_AS_TEXT =
      noClasses()
          .that()
          .haveSimpleName("BearerToken")
          .or()
          .haveSimpleName("PasswordHash")
          .or()
          .haveSimpleName("Authenticator")
          .or()
          .haveSimpleName("TokenStore")
          .should(
              access(
                  "compare texts",
                  t ->
                      t.getOwner().isEquivalentTo(String.class)
                          && (t.getName().equals("equals")
                              || t.getName().equals("equalsIgnoreCase"))))
          .because("tokens are found by digest, and hashes compared in constant time");

  @ArchTest
  static final ArchRule RECORDS_WITH_SECRETS_DO_NOT_SHOW_THEM =
      classes()
          .that()
          .areRecords()
          .and(DescribedPredicate.describe("have a secret component", CodingRulesTest::hasSecret))
          .should(writeItsOwnToString())
          .because("what toString shows ends up in logs and messages");

  private static DescribedPredicate<JavaClass> areNot(Set<String> outermostNames) {
    return DescribedPredicate.describe(
        "are none of " + outermostNames,
        c -> !outermostNames.contains(outermost(c).getSimpleName()));
  }

  private static JavaClass outermost(JavaClass c) {
    return c.getEnclosingClass().map(CodingRulesTest::outermost).orElse(c);
  }

  private static boolean hasSecret(JavaClass c) {
    return !NOT_SECRET.containsKey(outermost(c).getSimpleName())
        && c.getFields().stream()
            .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
            .anyMatch(CodingRulesTest::isSecret);
  }

  /** Ids and enumerations are no secrets, whatever they are called. */
  private static boolean isSecret(JavaField field) {
    String name = field.getName().toLowerCase(Locale.ROOT);
    JavaClass type = field.getRawType();
    boolean canHoldOne =
        type.isEquivalentTo(String.class)
            || type.isEquivalentTo(Optional.class)
            || type.isArray()
            || type.getPackageName().equals("lockstep.crypto");
    return canHoldOne && SECRET_NAMES.stream().anyMatch(name::contains);
  }

  private static ArchCondition<JavaClass> access(String what, Predicate<AccessTarget> forbidden) {
    return new ArchCondition<>(what) {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        for (JavaAccess<?> access : c.getAccessesFromSelf()) {
          if (forbidden.test(access.getTarget())) {
            events.add(SimpleConditionEvent.satisfied(c, access.getDescription()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> writeItsOwnToString() {
    return new ArchCondition<>("write its own toString") {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        if (hasGeneratedToString(c)) {
          events.add(SimpleConditionEvent.violated(c, c.getName() + " shows all its components"));
        }
      }
    };
  }

  /** The compiler leaves a record's toString to the class library's object methods. */
  private static boolean hasGeneratedToString(JavaClass c) {
    ClassModel model = ClassFile.of().parse(bytes(c));
    MethodModel toString =
        model.methods().stream()
            .filter(method -> method.methodName().equalsString("toString"))
            .findFirst()
            .orElseThrow();
    return toString
        .code()
        .orElseThrow()
        .elementStream()
        .anyMatch(
            element ->
                element instanceof InvokeDynamicInstruction call
                    && call.bootstrapMethod().owner().displayName().equals("ObjectMethods"));
  }

  private static byte[] bytes(JavaClass c) {
    try (InputStream in = c.getSource().orElseThrow().getUri().toURL().openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
