package lockstep.references;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import lockstep.references.EnvironmentLookup.Found;
import lockstep.references.EnvironmentLookup.NotFound;
import lockstep.references.EnvironmentLookup.Reason;
import lockstep.references.Segment.Reference;
import lockstep.references.Segment.Text;
import org.jspecify.annotations.Nullable;

/**
 * The lines of the input are the values of secrets, which may refer to one another.
 *
 * <p>Any text is parsed into pieces that make it up, and a reference, written again from its parts,
 * is the same reference. Resolving ends within its limits whatever refers to what, twice in the
 * same way, and leaves as it is what leads nowhere.
 */
public final class ReferencesTarget {

  private static final ResolutionLimits LIMITS = new ResolutionLimits(5, 40, 2_000, 100, 4_000);
  private static final EnvironmentRef HERE =
      new EnvironmentRef(new UUID(1, 1), new UUID(1, 2), "dev");
  private static final EnvironmentRef THERE =
      new EnvironmentRef(new UUID(2, 1), new UUID(2, 2), "prod");
  private static final int MOST_VALUES = 26;
  private static final UUID NOBODY = new UUID(3, 0);

  private ReferencesTarget() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    String input = new String(data, UTF_8);
    checkPieces(input);
    require(
        new ReferenceResolver(new Empty()).resolve(HERE, NOBODY, input).equals(input),
        "nothing to be found, and yet another value");
    checkResolution(List.of(input.split("\n", MOST_VALUES)));
  }

  private static void checkPieces(String value) {
    StringBuilder whole = new StringBuilder();
    @Nullable Segment before = null;
    for (Segment segment : ReferenceParser.parse(value)) {
      require(!segment.text().isEmpty(), "an empty piece");
      require(!(before instanceof Text && segment instanceof Text), "two texts side by side");
      if (segment instanceof Reference reference) {
        checkReference(reference);
      }
      whole.append(segment.text());
      before = segment;
    }
    require(whole.toString().equals(value), "the pieces are another value");
  }

  private static void checkReference(Reference reference) {
    require(!reference.key().isEmpty() && reference.key().indexOf('/') < 0, "no key");
    require(reference.app() == null || reference.environment() != null, "an app alone");
    require(ReferenceParser.parse(reference.text()).equals(List.of(reference)), "another alone");
    String app = reference.app() == null ? "" : reference.app() + "::";
    String environment = reference.environment() == null ? "" : reference.environment() + ".";
    String path = reference.path().isRoot() ? "" : reference.path().text() + "/";
    String written = "${" + app + environment + path + reference.key() + "}";
    require(
        ReferenceParser.parse(written)
            .equals(
                List.of(
                    new Reference(
                        reference.app(),
                        reference.environment(),
                        reference.path(),
                        reference.key(),
                        written))),
        "another when it is written again");
  }

  private static void checkResolution(List<String> values) {
    List<String> once = resolved(values);
    require(resolved(values).equals(once), "another value the second time");
  }

  private static List<String> resolved(List<String> values) {
    Lines source = new Lines(values);
    ReferenceResolver resolver = new ReferenceResolver(source, LIMITS);
    List<String> resolved = new ArrayList<>();
    long longer = 0;
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      ResolvedValue result = resolver.resolveAndReport(HERE, new UUID(4, i), value);
      long before = ParsedValue.utf8Bytes(value);
      long after = result.value().getBytes(StandardCharsets.UTF_8).length;
      require(after <= Math.max(before, LIMITS.valueBytes()), "longer than values may become");
      require(
          result.failures().size() <= LIMITS.lookups() + 1, "more failures than may be followed");
      require(result.failures().isEmpty() || value.contains("${"), "a failure without a reference");
      longer += Math.max(0, after - before);
      resolved.add(result.value());
    }
    require(longer <= LIMITS.responseBytes(), "references brought more than they may");
    // An environment, and a key in two ways of writing, for each that is followed.
    require(source.questions <= 3 * LIMITS.responseLookups(), "more questions than allowed");
    return resolved;
  }

  private static void require(boolean isSo, String what) {
    if (!isSo) {
      throw new AssertionError(what);
    }
  }

  /** Has nothing. */
  private static final class Empty implements ReferenceSource {
    @Override
    public EnvironmentLookup environment(
        EnvironmentRef current, @Nullable String app, String environment) {
      return new NotFound(Reason.ENVIRONMENT_MISSING);
    }

    @Override
    public Optional<ReferencedSecret> secret(
        EnvironmentRef environment, SecretPath path, String key) {
      return Optional.empty();
    }
  }

  /** Has the first line as {@code A}, the second as {@code B}, in every folder of {@code a}. */
  private static final class Lines implements ReferenceSource {

    private final List<String> values;
    private int questions;

    private Lines(List<String> values) {
      this.values = values;
    }

    @Override
    public EnvironmentLookup environment(
        EnvironmentRef current, @Nullable String app, String environment) {
      questions++;
      if (app != null && app.isBlank()) {
        return new NotFound(Reason.APP_MISSING);
      }
      return switch (environment.toLowerCase(Locale.ROOT)) {
        case "d" -> new Found(HERE);
        case "p" -> new Found(THERE);
        case "n" -> new NotFound(Reason.NO_ACCESS);
        default -> new NotFound(Reason.ENVIRONMENT_MISSING);
      };
    }

    @Override
    public Optional<ReferencedSecret> secret(
        EnvironmentRef environment, SecretPath path, String key) {
      questions++;
      int index = key.length() == 1 ? key.charAt(0) - 'A' : -1;
      boolean isThere = path.isRoot() || path.segments().getFirst().equals("a");
      return isThere && index >= 0 && index < values.size()
          ? Optional.of(new ReferencedSecret(new UUID(4, index), values.get(index)))
          : Optional.empty();
    }
  }
}
