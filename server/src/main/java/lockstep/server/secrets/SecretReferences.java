package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.APP;
import static lockstep.server.store.tables.Tables.ENVIRONMENT;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
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
import lockstep.server.keys.EnvironmentKeyring;
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
  private final EnvironmentKeyring keyring;
  private final Access access;
  private final OpenEnvironment home;
  private final EnvironmentRef homeRef;
  private final ReferenceResolver resolver;
  private final Optional<Map<Name, StoredSecret>> allAtHome;
  private final Map<EnvironmentId, OpenEnvironment> opened = new HashMap<>();
  private final Map<UUID, Found> found = new LinkedHashMap<>();

  /**
   * @param granted access to the environment that is being read, whose keys are already open
   * @param allAtHome all secrets of that environment, if they have been loaded from this snapshot;
   *     then it is not asked for them one by one
   */
  SecretReferences(
      DSLContext db,
      SecretsAccess granted,
      EnvironmentKeys keys,
      FieldOpener opener,
      Optional<List<StoredSecret>> allAtHome,
      EnvironmentKeyring keyring,
      Access access) {
    this.db = db;
    this.keyring = keyring;
    this.access = access;
    this.home = new OpenEnvironment(granted, keys, opener);
    this.homeRef = new EnvironmentRef(granted.app().value(), granted.environment().value(), "");
    this.allAtHome = allAtHome.map(SecretReferences::byName);
    this.resolver = new ReferenceResolver(this);
  }

  /** The value of a secret of the environment that is being read, with references resolved. */
  String resolve(UUID secret, String value) {
    return resolver.resolve(homeRef, secret, value);
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
    OpenEnvironment open = home.isFor(id) ? home : opened.get(id);
    if (open == null) {
      return Optional.empty();
    }
    Optional<StoredSecret> secret = find(open, path.text(), open.keys().keyDigest(key));
    return secret.flatMap(stored -> referenced(open, stored));
  }

  private Optional<StoredSecret> find(OpenEnvironment open, String path, String keyDigest) {
    return home.isFor(open.granted().environment()) && allAtHome.isPresent()
        ? Optional.ofNullable(allAtHome.get().get(new Name(path, keyDigest)))
        : SecretStore.find(db, open.granted().ciphertexts(), path, keyDigest);
  }

  /** Empty if it cannot be decrypted, as if there were none. */
  private Optional<ReferencedSecret> referenced(OpenEnvironment open, StoredSecret stored) {
    try {
      String value = open.opener().open(stored.value());
      found.put(stored.id(), new Found(open.granted().environment(), stored.idAndVersion()));
      return Optional.of(new ReferencedSecret(stored.id(), value));
    } catch (CryptoException e) {
      return Optional.empty();
    }
  }

  private static Map<Name, StoredSecret> byName(List<StoredSecret> secrets) {
    Map<Name, StoredSecret> byName = new HashMap<>();
    secrets.forEach(secret -> byName.put(new Name(secret.path(), secret.keyDigest()), secret));
    return byName;
  }

  /** Two are enough to know that a name is ambiguous. */
  private List<AppId> appsNamed(String name) {
    return db.select(APP.ID)
        .from(APP)
        .where(APP.ORGANISATION_ID.eq(home.granted().organisation().value()))
        .and(APP.FOLDED_NAME.eq(FoldedName.of(name)))
        .limit(2)
        .fetch(row -> new AppId(row.value1()));
  }

  private EnvironmentLookup environmentOf(AppId app, String name) {
    boolean sseEnabled =
        db.select(APP.SSE_ENABLED)
            .from(APP)
            .where(APP.ORGANISATION_ID.eq(home.granted().organisation().value()))
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
                        .where(
                            ENVIRONMENT.ORGANISATION_ID.eq(home.granted().organisation().value()))
                        .and(ENVIRONMENT.APP_ID.eq(app.value()))
                        .and(ENVIRONMENT.FOLDED_NAME.eq(folded))
                        .fetchOptional());
    if (row.isEmpty()) {
      return new EnvironmentLookup.NotFound(Reason.ENVIRONMENT_MISSING);
    }
    EnvironmentId id = new EnvironmentId(row.get().value1());
    return home.isFor(id) || open(id)
        ? new EnvironmentLookup.Found(
            new EnvironmentRef(app.value(), id.value(), row.get().value2()))
        : new EnvironmentLookup.NotFound(Reason.NO_ACCESS);
  }

  private boolean open(EnvironmentId environment) {
    if (opened.containsKey(environment)) {
      return true;
    }
    Optional<SecretsAccess> granted =
        access.referencedSecrets(db, home.granted().caller(), environment);
    Optional<EnvironmentKeys> keys =
        granted.flatMap(allowed -> keyring.open(db, allowed.organisation(), environment));
    if (keys.isEmpty()) {
      return false;
    }
    opened.put(
        environment, new OpenEnvironment(granted.orElseThrow(), keys.get(), keys.get().opener()));
    return true;
  }

  /** Erases the keys that were opened on the way. */
  @Override
  public void close() {
    for (OpenEnvironment environment : opened.values()) {
      environment.opener().close();
      environment.keys().close();
    }
  }

  private record Name(String path, String keyDigest) {}

  private record Found(EnvironmentId environment, String version) {}

  private record OpenEnvironment(SecretsAccess granted, EnvironmentKeys keys, FieldOpener opener) {

    boolean isFor(EnvironmentId environment) {
      return granted.environment().equals(environment);
    }

    @Override
    public String toString() {
      return "OpenEnvironment[" + granted.environment() + "]";
    }
  }
}
