package lockstep.references;

import java.util.Set;
import java.util.UUID;

/**
 * Replaces the references in secrets' values by what they refer to, for one caller and one
 * snapshot.
 *
 * <p>Text that a reference brings is never looked at again for further references: what it holds
 * was resolved where it comes from. A reference that cannot be resolved stays as written and
 * affects no other. That holds as well for one that closes a cycle, leads to the 26th secret in a
 * row, or makes its value exceed 1 MiB, and for all after the first 1,000 that are met on behalf of
 * one value. All values that one resolver resolves, which is those of one response, share 20,000
 * references that are followed, and 16 MiB that references bring; a reference beyond stays, too.
 *
 * <p>Answers of the source are kept as long as the resolver, which therefore should not outlive the
 * request. Not thread-safe.
 */
public final class ReferenceResolver {

  private final CachedSource source;
  private final ResolutionLimits limits;
  private final ResponseUse response;

  /** Resolves with what the source lets its caller see. */
  public ReferenceResolver(ReferenceSource source) {
    this(source, ResolutionLimits.STANDARD);
  }

  /** The same within limits of one's own. */
  public ReferenceResolver(ReferenceSource source, ResolutionLimits limits) {
    this.source = new CachedSource(source);
    this.limits = limits;
    this.response = new ResponseUse(limits);
  }

  /**
   * The value with its references resolved.
   *
   * @param environment where the secret is
   * @param secret whose value it is, an override included; a reference back to it is a cycle
   */
  public String resolve(EnvironmentRef environment, UUID secret, String value) {
    return value.contains("${")
        ? new Resolution(source, limits, response)
            .resolve(ParsedValue.of(value), environment, secret)
        : value;
  }

  /**
   * The value with its references resolved, if every one of them can be, those in referenced values
   * included.
   *
   * @param environment where the secret is
   * @param secret whose value it is; a reference back to it is a cycle
   * @param reader for whom the source looks things up
   */
  public StrictResolution resolveStrict(
      EnvironmentRef environment, UUID secret, String value, ReaderKind reader) {
    ResolvedValue resolved = resolveAndReport(environment, secret, value);
    return resolved.failures().isEmpty()
        ? new StrictResolution.Resolved(resolved.value())
        : new StrictResolution.Failures(
            resolved.failures().stream().map(failure -> failure.message(reader)).toList());
  }

  /**
   * The value with its references resolved, and which of them stay as written, those in referenced
   * values included.
   *
   * @param environment where the secret is
   * @param secret whose value it is, an override included; a reference back to it is a cycle
   */
  public ResolvedValue resolveAndReport(EnvironmentRef environment, UUID secret, String value) {
    Resolution resolution = new Resolution(source, limits, response);
    String resolved = resolution.resolve(ParsedValue.of(value), environment, secret);
    return new ResolvedValue(resolved, resolution.failures());
  }

  /** The secrets whose values have been put in place of references so far, on the way included. */
  public Set<UUID> substituted() {
    return response.substituted();
  }
}
