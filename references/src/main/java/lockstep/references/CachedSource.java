package lockstep.references;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import lockstep.references.Segment.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Asks the source each question once. Only answers and parsed values are kept, never resolved ones:
 * what a reference resolves to depends on the branch it stands on. Not thread-safe.
 */
final class CachedSource {

  private final ReferenceSource source;
  private final Map<EnvironmentQuestion, EnvironmentLookup> environments = new HashMap<>();
  private final Map<SecretQuestion, Optional<ReferencedSecret>> secrets = new HashMap<>();
  private final Map<UUID, ParsedValue> parsedValues = new HashMap<>();

  CachedSource(ReferenceSource source) {
    this.source = source;
  }

  /** The environment that a reference leads to; the current one, unasked, if it names none. */
  EnvironmentLookup environment(EnvironmentRef current, Reference reference) {
    String name = reference.environment();
    return name == null
        ? new EnvironmentLookup.Found(current)
        : environments.computeIfAbsent(
            new EnvironmentQuestion(current.id(), reference.app(), name),
            question -> source.environment(current, question.app(), question.environment()));
  }

  /** The secret of this name: upper-cased, as most are stored, or else exactly as written. */
  Optional<ReferencedSecret> secret(EnvironmentRef environment, Reference reference) {
    String key = reference.key();
    String upperCaseKey = key.toUpperCase(Locale.ROOT);
    return secrets.computeIfAbsent(
        new SecretQuestion(environment.id(), reference.path(), key),
        question ->
            source
                .secret(environment, question.path(), upperCaseKey)
                .or(
                    () ->
                        key.equals(upperCaseKey)
                            ? Optional.empty()
                            : source.secret(environment, question.path(), key)));
  }

  ParsedValue parsed(ReferencedSecret secret) {
    return parsedValues.computeIfAbsent(secret.id(), _ -> ParsedValue.of(secret.value()));
  }

  private record EnvironmentQuestion(UUID current, @Nullable String app, String environment) {

    /** By hand, as the JVM makes the code of a record's anew in each process. */
    @Override
    public int hashCode() {
      return (current.hashCode() * 31 + Objects.hashCode(app)) * 31 + environment.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof EnvironmentQuestion that
          && current.equals(that.current)
          && Objects.equals(app, that.app)
          && environment.equals(that.environment);
    }
  }

  private record SecretQuestion(UUID environment, SecretPath path, String key) {

    /** By hand, as above. */
    @Override
    public int hashCode() {
      return (environment.hashCode() * 31 + path.hashCode()) * 31 + key.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof SecretQuestion that
          && environment.equals(that.environment)
          && path.equals(that.path)
          && key.equals(that.key);
    }
  }
}
