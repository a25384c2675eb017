package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.references.EnvironmentLookup;
import lockstep.references.EnvironmentLookup.Reason;
import lockstep.references.EnvironmentRef;
import lockstep.references.ReferenceResolver;
import lockstep.references.ReferenceSource;
import lockstep.references.ReferencedSecret;
import lockstep.references.SecretPath;
import lockstep.server.access.Access;
import lockstep.server.access.SecretsAccess;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.store.FoldedName;
import org.jooq.DSLContext;
import org.jooq.Record2;
import org.jspecify.annotations.Nullable;

/**
 * What references in one environment lead to, for one caller in one snapshot. Environments are
 * opened once; the resolver asks each question once. Keeps a list of what it brought into the
 * answer. Not for use by several threads.
 */
final class SecretReferences implements ReferenceSource, AutoCloseable {

  private final DSLContext db;
  private final SecretsAccess granted;
  private final SecretSnapshots snapshots;
  private final Access access;
  private final EnvironmentRef home;
  private final ReferenceResolver resolver;
  private final Map<EnvironmentId, SnapshotReader> opened = new LinkedHashMap<>();
  private final Map<UUID, Found> found = new LinkedHashMap<>();

  /**
   * @param granted access to the environment whose secrets are being read
   * @param atHome the snapshot of that environment, if it has been loaded in this transaction
   */
  SecretReferences(
      DSLContext db,
      SecretsAccess granted,
      Optional<SecretSnapshot> atHome,
      SecretSnapshots snapshots,
      Access access) {
    this.db = db;
    this.granted = granted;
    this.snapshots = snapshots;
    this.access = access;
    this.home = new EnvironmentRef(granted.app().value(), granted.environment().value(), "");
    this.resolver = new ReferenceResolver(this);
    atHome.ifPresent(snapshot -> opened.put(granted.environment(), new SnapshotReader(snapshot)));
  }

  /** The value of a secret in the snapshot that was given, as it is written. */
  String valueAtHome(SnapshotEntry entry) {
    return Objects.requireNonNull(opened.get(granted.environment())).value(entry);
  }

  /** The value of a secret of the environment that is being read, with references resolved. */
  String resolve(UUID secret, String value) {
    return resolver.resolve(home, secret, value);
  }

  /**
   * The secrets whose values have become part of resolved ones so far, each as id and version, by
   * their environment.
   */
  Map<EnvironmentId, List<String>> substituted() {
    Set<UUID> ids = resolver.substituted();
    Map<EnvironmentId, List<String>> versions = new LinkedHashMap<>();
    found.forEach(
        (id, secret) -> {
          if (ids.contains(id)) {
            versions
                .computeIfAbsent(secret.environment(), _ -> new ArrayList<>())
                .add(secret.version());
          }
        });
    return versions;
  }

  /** Which states of which environments were looked at. */
  Map<EnvironmentId, Revision> revisions() {
    Map<EnvironmentId, Revision> revisions = new LinkedHashMap<>();
    opened.forEach((id, reader) -> revisions.put(id, reader.snapshot().revision()));
    return revisions;
  }

  @Override
  public EnvironmentLookup environment(
      EnvironmentRef current, @Nullable String app, String environment) {
    if (app == null) {
      return environmentOf(new AppId(current.app()), environment);
    }
    List<AppId> named = appsNamed(app);
    return switch (named.size()) {
      case 0 -> new EnvironmentLookup.NotFound(Reason.APP_MISSING);
      case 1 -> environmentOf(named.getFirst(), environment);
      default -> new EnvironmentLookup.NotFound(Reason.APP_AMBIGUOUS);
    };
  }

  @Override
  public Optional<ReferencedSecret> secret(
      EnvironmentRef environment, SecretPath path, String key) {
    EnvironmentId id = new EnvironmentId(environment.id());
    // The environment that the references are in was not looked up before.
    if (!open(id)) {
      return Optional.empty();
    }
    SnapshotReader reader = Objects.requireNonNull(opened.get(id));
    SecretSnapshot snapshot = reader.snapshot();
    Optional<SnapshotEntry> entry = snapshot.find(path.text(), snapshot.keyDigest(key));
    entry.ifPresent(one -> found.put(one.id(), new Found(id, one.idAndVersion())));
    return entry.map(one -> new ReferencedSecret(one.id(), reader.value(one)));
  }

  /** Two are enough to know that a name is ambiguous. */
  private List<AppId> appsNamed(String name) {
    return db.select(APP.ID)
        .from(APP)
        .where(APP.ORGANISATION_ID.eq(granted.organisation().value()))
        .and(APP.FOLDED_NAME.eq(FoldedName.of(name)))
        .limit(2)
        .fetch(row -> new AppId(row.value1()));
  }

  private EnvironmentLookup environmentOf(AppId app, String name) {
    boolean sseEnabled =
        db.select(APP.SSE_ENABLED)
            .from(APP)
            .where(APP.ORGANISATION_ID.eq(granted.organisation().value()))
            .and(APP.ID.eq(app.value()))
            .fetchOptional(APP.SSE_ENABLED)
            .orElse(false);
    if (!sseEnabled) {
      return new EnvironmentLookup.NotFound(Reason.NO_SSE);
    }
    Optional<Record2<UUID, String>> row =
        FoldedName.ofAscii(name)
            .flatMap(
                folded ->
                    db.select(ENVIRONMENT.ID, ENVIRONMENT.NAME)
                        .from(ENVIRONMENT)
                        .where(ENVIRONMENT.ORGANISATION_ID.eq(granted.organisation().value()))
                        .and(ENVIRONMENT.APP_ID.eq(app.value()))
                        .and(ENVIRONMENT.FOLDED_NAME.eq(folded))
                        .fetchOptional());
    if (row.isEmpty()) {
      return new EnvironmentLookup.NotFound(Reason.ENVIRONMENT_MISSING);
    }
    EnvironmentId id = new EnvironmentId(row.get().value1());
    return open(id)
        ? new EnvironmentLookup.Found(
            new EnvironmentRef(app.value(), id.value(), row.get().value2()))
        : new EnvironmentLookup.NotFound(Reason.NO_ACCESS);
  }

  private boolean open(EnvironmentId environment) {
    if (opened.containsKey(environment)) {
      return true;
    }
    Optional<SecretsAccess> allowed =
        environment.equals(granted.environment())
            ? Optional.of(granted)
            : access.referencedSecrets(db, granted.caller(), environment);
    Optional<SecretSnapshot> snapshot = allowed.flatMap(one -> snapshots.plain(db, one));
    snapshot.ifPresent(one -> opened.put(environment, new SnapshotReader(one)));
    return snapshot.isPresent();
  }

  /** Erases the plain text that was opened on the way. */
  @Override
  public void close() {
    opened.values().forEach(SnapshotReader::close);
  }

  private record Found(EnvironmentId environment, String version) {}
}
