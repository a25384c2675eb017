package lockstep.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.client.SecretReader.Query;
import lockstep.client.SecretReader.Reading;
import lockstep.client.Session.Place;
import lockstep.client.TokensAnswer.AppEntry;
import lockstep.client.TokensAnswer.EnvironmentEntry;
import lockstep.client.UnresolvedReference.Reason;
import lockstep.references.EnvironmentLookup;
import lockstep.references.EnvironmentRef;
import lockstep.references.ReferenceResolver;
import lockstep.references.ReferenceSource;
import lockstep.references.ReferencedSecret;
import lockstep.references.ResolutionFailure;
import lockstep.references.ResolutionLimits;
import lockstep.references.ResolvedValue;
import lockstep.references.SecretPath;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the references in what was read. Environments that they lead to are read as a whole when
 * the first reference leads there, and once. Not for use by several threads.
 */
final class References implements ReferenceSource {

  /**
   * One value costs what it may cost a server; a whole environment may need more than a request.
   */
  private static final ResolutionLimits LIMITS =
      new ResolutionLimits(
          ResolutionLimits.STANDARD.secretsPerBranch(),
          ResolutionLimits.STANDARD.lookups(),
          ResolutionLimits.STANDARD.valueBytes(),
          10_000_000,
          1 << 30);

  private record Name(SecretPath path, String key) {

    /** By hand, as the JVM makes the code of a record's anew in each process. */
    @Override
    public int hashCode() {
      return path.hashCode() * 31 + key.hashCode();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name that && path.equals(that.path) && key.equals(that.key);
    }
  }

  private final SecretReader reader;
  private final Reading reading;
  private final Query query;
  private final Map<Name, PlainSecret> readAlready;
  private final Call call;
  private final Map<UUID, Optional<Map<Name, PlainSecret>>> environments = new HashMap<>();
  private Freshness freshness;
  private @Nullable Session confirmed;

  private References(SecretReader reader, Reading reading, Query query, Call call) {
    this.reader = reader;
    this.reading = reading;
    this.query = query;
    this.readAlready = byName(reading.secrets());
    this.call = call;
    this.freshness = reading.freshness();
  }

  /**
   * What was read, for users of this library.
   *
   * @throws ReferenceException if references form a circle or exceed the limits, or do not resolve
   *     although they must
   */
  static Secrets resolve(
      SecretReader reader, Reading reading, Query query, ReferenceMode mode, Call call) {
    if (mode == ReferenceMode.LEAVE) {
      return new Secrets(
          reading.secrets().stream().map(s -> new Secret(s, s.used(), List.of())).toList(),
          reading.freshness());
    }
    return new References(reader, reading, query, call).resolve(mode);
  }

  private Secrets resolve(ReferenceMode mode) {
    ReferenceResolver resolver = new ReferenceResolver(this, LIMITS);
    List<Secret> secrets = new ArrayList<>(reading.secrets().size());
    List<UnresolvedReference> fatal = new ArrayList<>();
    List<String> affected = new ArrayList<>();
    for (PlainSecret plain : reading.secrets()) {
      if (!plain.used().contains("${")) {
        secrets.add(new Secret(plain, plain.used(), List.of()));
        continue;
      }
      ResolvedValue resolved =
          resolver.resolveAndReport(ref(reading.place()), plain.row().id(), plain.used());
      List<UnresolvedReference> unresolved =
          resolved.failures().stream().map(References::unresolved).toList();
      List<UnresolvedReference> errors =
          unresolved.stream().filter(u -> isError(u.reason(), mode)).toList();
      if (!errors.isEmpty()) {
        fatal.addAll(errors);
        affected.add(
            Refusals.printable(SecretName.text(plain.row().path().text(), plain.key()))
                + " ("
                + describe(errors.getFirst().reason())
                + ")");
      }
      secrets.add(new Secret(plain, resolved.value(), unresolved));
    }
    if (!fatal.isEmpty()) {
      throw new ReferenceException(
          "references in %s cannot be resolved: %s"
              .formatted(reading.place().name(), String.join(", ", affected)),
          fatal);
    }
    return new Secrets(secrets, freshness);
  }

  private static boolean isError(Reason reason, ReferenceMode mode) {
    return mode == ReferenceMode.REQUIRE
        || reason == Reason.CYCLE_OR_DEPTH
        || reason == Reason.LIMIT;
  }

  private static String describe(Reason reason) {
    return switch (reason) {
      case APP_MISSING -> "no such app";
      case APP_AMBIGUOUS -> "several apps of the name";
      case ENVIRONMENT_MISSING -> "no such environment";
      case NO_ACCESS -> "no access";
      case SECRET_MISSING -> "no such secret";
      case CYCLE_OR_DEPTH -> "circular, or too many in a row";
      case LIMIT -> "too much";
    };
  }

  private static UnresolvedReference unresolved(ResolutionFailure failure) {
    Reason reason =
        switch (failure.cause()) {
          case APP_MISSING -> Reason.APP_MISSING;
          case APP_AMBIGUOUS -> Reason.APP_AMBIGUOUS;
          case ENVIRONMENT_MISSING -> Reason.ENVIRONMENT_MISSING;
          case NO_SSE, NO_ACCESS -> Reason.NO_ACCESS;
          case SECRET_MISSING -> Reason.SECRET_MISSING;
          case CYCLE_OR_DEPTH -> Reason.CYCLE_OR_DEPTH;
          case TOO_MANY_LOOKUPS, VALUE_TOO_LONG -> Reason.LIMIT;
        };
    return new UnresolvedReference(reason, failure.reference().text());
  }

  @Override
  public EnvironmentLookup environment(
      EnvironmentRef current, @Nullable String app, String environment) {
    List<AppEntry> apps =
        reading.session().answer().apps().stream()
            .filter(
                entry ->
                    app == null
                        ? entry.id().equals(current.app())
                        : Session.sameName(entry.app().name(), app))
            .toList();
    if (apps.size() != 1) {
      return new EnvironmentLookup.NotFound(
          apps.isEmpty()
              ? EnvironmentLookup.Reason.APP_MISSING
              : EnvironmentLookup.Reason.APP_AMBIGUOUS);
    }
    Optional<EnvironmentEntry> entry =
        apps.getFirst().environments().stream()
            .filter(candidate -> Session.sameName(candidate.info().name(), environment))
            .findFirst();
    if (entry.isEmpty()) {
      return new EnvironmentLookup.NotFound(EnvironmentLookup.Reason.ENVIRONMENT_MISSING);
    }
    Place place = new Place(apps.getFirst(), entry.get());
    return isHome(place.environment().id()) || secrets(place).isPresent()
        ? new EnvironmentLookup.Found(ref(place))
        : new EnvironmentLookup.NotFound(EnvironmentLookup.Reason.NO_ACCESS);
  }

  @Override
  public Optional<ReferencedSecret> secret(
      EnvironmentRef environment, SecretPath path, String key) {
    Optional<Map<Name, PlainSecret>> secrets =
        isHome(environment.id()) && query.covers(path)
            ? Optional.of(readAlready)
            : secrets(SecretReader.place(reading.session(), environment.id()));
    return secrets
        .map(named -> named.get(new Name(path, key)))
        .map(secret -> new ReferencedSecret(secret.row().id(), secret.shared()));
  }

  /**
   * Empty if the account may not read there. Other failures end the whole reading, among them that
   * the token is gone or may not be used from here: references would stay as written without
   * notice.
   */
  private Optional<Map<Name, PlainSecret>> secrets(Place place) {
    UUID id = place.environment().id();
    Optional<Map<Name, PlainSecret>> known = environments.get(id);
    if (known == null) {
      known = read(place);
      environments.put(id, known);
    }
    return known;
  }

  private Optional<Map<Name, PlainSecret>> read(Place place) {
    try {
      Received<List<PlainSecret>> read = reader.read(reading.session(), place, Query.ALL, call);
      freshness = freshness.and(read.freshness());
      return Optional.of(byName(read.value()));
    } catch (ForbiddenException | NotFoundException _) {
      var _ = confirmed();
      return Optional.empty();
    } catch (UnauthorisedException e) {
      // The server also says this of an environment whose keys were taken away.
      if (confirmed().place(place.environment().id()).isPresent()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** A session of after the refusal, which cannot be had if the token as such is refused. */
  private Session confirmed() {
    Session known = confirmed;
    if (known == null) {
      known = reader.renewedSession(call);
      confirmed = known;
    }
    return known;
  }

  private static Map<Name, PlainSecret> byName(List<PlainSecret> secrets) {
    Map<Name, PlainSecret> byName = new HashMap<>();
    secrets.forEach(s -> byName.putIfAbsent(new Name(s.row().path(), s.key()), s));
    return byName;
  }

  private boolean isHome(UUID environment) {
    return reading.place().environment().id().equals(environment);
  }

  private static EnvironmentRef ref(Place place) {
    return new EnvironmentRef(
        place.app().id(), place.environment().id(), place.environment().info().name());
  }
}
