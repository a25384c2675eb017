package lockstep.references;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.references.ResolutionFailure.Cause;
import lockstep.references.Segment.Reference;

/**
 * The resolution of one value.
 *
 * <p>References form a tree that can be exponentially larger than the secrets it is made of. What
 * bounds the work is that every reference followed counts as a lookup, however often the same
 * secret has been seen before; cached answers make a lookup cheap but not free of charge. Resolved
 * text is kept as a list of pieces that are joined once at the end, so that a lookup costs no
 * copying, whatever the length of what it brings. The recursion is as deep as the branch is long.
 */
final class Resolution {

  private final CachedSource source;
  private final ResolutionLimits limits;
  private final ResponseUse response;
  private final List<String> pieces = new ArrayList<>();
  private final List<UUID> substituted = new ArrayList<>();
  private final List<UUID> branch = new ArrayList<>();
  private final List<ResolutionFailure> failures = new ArrayList<>();
  private int lookups;
  private boolean gaveUp;

  /**
   * @param response what other values of the same response have used already
   */
  Resolution(CachedSource source, ResolutionLimits limits, ResponseUse response) {
    this.source = source;
    this.limits = limits;
    this.response = response;
  }

  String resolve(ParsedValue value, EnvironmentRef environment, UUID secret) {
    append(value, environment, secret);
    response.substituted(substituted);
    return String.join("", pieces);
  }

  /**
   * The references that stay as written, as met, but only the first of those after the last lookup.
   */
  List<ResolutionFailure> failures() {
    return failures;
  }

  /** Appends the resolved value of a secret and returns its length in bytes. */
  private int append(ParsedValue value, EnvironmentRef environment, UUID secret) {
    branch.add(secret);
    int bytes = value.bytes();
    for (Segment segment : value.segments()) {
      // Not a switch: the JVM would make a class for it in each process, which a short one feels.
      if (segment instanceof Reference reference) {
        bytes = append(reference, environment, bytes);
      } else {
        pieces.add(segment.text());
      }
    }
    branch.removeLast();
    return bytes;
  }

  /**
   * Appends what the reference stands for, or the reference as written.
   *
   * @param bytes the length of the value that it stands in, so far as it is resolved
   * @return that length afterwards
   */
  private int append(Reference reference, EnvironmentRef environment, int bytes) {
    if (lookups == limits.lookups() || !response.takeLookup()) {
      return giveUp(reference, environment, bytes);
    }
    lookups++;
    EnvironmentLookup found = source.environment(environment, reference);
    if (found instanceof EnvironmentLookup.NotFound notFound) {
      return fail(Cause.of(notFound.reason()), reference, environment, bytes);
    }
    EnvironmentRef target = ((EnvironmentLookup.Found) found).environment();
    Optional<ReferencedSecret> secret = source.secret(target, reference);
    if (secret.isEmpty()) {
      return fail(Cause.SECRET_MISSING, reference, environment, bytes);
    }
    if (branch.size() >= limits.secretsPerBranch() || branch.contains(secret.get().id())) {
      return fail(Cause.CYCLE_OR_DEPTH, reference, environment, bytes);
    }
    int start = pieces.size();
    int firstSubstituted = substituted.size();
    substituted.add(secret.get().id());
    int brought = append(source.parsed(secret.get()), target, secret.get().id());
    int bytesAfter = bytes - ParsedValue.utf8Bytes(reference.text()) + brought;
    if (bytesAfter > limits.valueBytes() || !fitsIntoResponse(brought)) {
      pieces.subList(start, pieces.size()).clear();
      substituted.subList(firstSubstituted, substituted.size()).clear();
      return fail(Cause.VALUE_TOO_LONG, reference, environment, bytes);
    }
    return bytesAfter;
  }

  /** Only what stands in the value itself counts; what referenced values hold is part of it. */
  private boolean fitsIntoResponse(int brought) {
    return branch.size() > 1 || response.takeBytes(brought);
  }

  /** There can be very many references after the last lookup; one failure speaks for all. */
  private int giveUp(Reference reference, EnvironmentRef environment, int bytes) {
    if (gaveUp) {
      pieces.add(reference.text());
      return bytes;
    }
    gaveUp = true;
    return fail(Cause.TOO_MANY_LOOKUPS, reference, environment, bytes);
  }

  private int fail(Cause cause, Reference reference, EnvironmentRef environment, int bytes) {
    pieces.add(reference.text());
    failures.add(new ResolutionFailure(cause, reference, environment));
    return bytes;
  }
}
