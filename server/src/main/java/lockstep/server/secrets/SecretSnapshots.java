package lockstep.server.secrets;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import lockstep.crypto.CryptoException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.FieldOpener;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.access.SecretsAccess;
import lockstep.server.http.ApiException;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps snapshots of environments that are read often. Every use asks the database for the revision
 * of the environment first, and a snapshot of another revision is not used: so whoever reads sees
 * what was written last, on whichever node, and nobody has to tell anybody.
 *
 * <p>Clients that encrypt for themselves can store what nobody can decrypt. Such a secret is left
 * out and logged, because otherwise it would take all others of its environment with it.
 */
public final class SecretSnapshots {

  private static final Logger LOG = LoggerFactory.getLogger(SecretSnapshots.class);
  private static final int MAXIMUM_LOGGED = 20;

  /** Of the memory that Java may use. */
  private static final int SHARE = 8;

  /** Plain text of an app that has become end-to-end encrypted lives no longer than this. */
  private static final Duration UNUSED = Duration.ofMinutes(5);

  private final EnvironmentKeyring keyring;
  private final Cache<Kind, SecretSnapshot> cache =
      Caffeine.newBuilder()
          .executor(Runnable::run) // Its housekeeping takes less than waking a thread.
          .maximumWeight(Runtime.getRuntime().maxMemory() / SHARE)
          .weigher((Kind _, SecretSnapshot snapshot) -> snapshot.weight())
          .expireAfterAccess(UNUSED)
          .build();

  private final Map<Making, CompletableFuture<Optional<SecretSnapshot>>> inProgress =
      new ConcurrentHashMap<>();

  /** Opens environments with this. */
  public SecretSnapshots(EnvironmentKeyring keyring) {
    this.keyring = keyring;
  }

  /** As {@link #plain(DSLContext, SecretsAccess)}, if there is a snapshot that is still true. */
  Optional<SecretSnapshot> plain(Database database, SecretsAccess access) {
    return ready(database, access.ciphertexts(), AnswerForm.PLAIN);
  }

  /** As {@link #ciphertexts(DSLContext, CiphertextAccess, AnswerForm)}, likewise. */
  Optional<SecretSnapshot> ciphertexts(
      Database database, CiphertextAccess access, AnswerForm form) {
    return ready(database, access, form);
  }

  private Optional<SecretSnapshot> ready(
      Database database, CiphertextAccess access, AnswerForm form) {
    SecretSnapshot cached = cache.getIfPresent(new Kind(access.environment(), form));
    return Optional.ofNullable(cached)
        .filter(
            snapshot ->
                SecretStore.revision(database, access)
                    .filter(snapshot.revision()::equals)
                    .isPresent());
  }

  /**
   * The secrets of an environment in plain text, by path, as this transaction sees them; empty if
   * there is no such environment, or the server cannot open it.
   */
  Optional<SecretSnapshot> plain(DSLContext db, SecretsAccess access) {
    return SecretStore.revision(db, access.ciphertexts())
        .flatMap(
            revision ->
                get(
                    new Kind(access.environment(), AnswerForm.PLAIN),
                    revision,
                    earlier -> decrypt(db, access, revision, earlier)));
  }

  /**
   * The secrets of an environment as they are stored, the oldest first, as this transaction sees
   * them.
   *
   * @throws ApiException 404 if there is no such environment
   */
  SecretSnapshot ciphertexts(DSLContext db, CiphertextAccess access, AnswerForm form) {
    return SecretStore.revision(db, access)
        .flatMap(
            revision ->
                get(
                    new Kind(access.environment(), form),
                    revision,
                    earlier -> Optional.of(encrypted(db, access, revision, form, earlier))))
        .orElseThrow(() -> ApiException.notFound("Environment not found"));
  }

  /**
   * Requests that miss the same snapshot wait for one of them to make it, and share its failure: or
   * each would wait anew for a database that does not answer.
   */
  private Optional<SecretSnapshot> get(Kind kind, Revision revision, Maker maker) {
    SecretSnapshot cached = cache.getIfPresent(kind);
    if (cached != null && cached.revision().equals(revision)) {
      return Optional.of(cached);
    }
    Making making = new Making(kind, revision);
    CompletableFuture<Optional<SecretSnapshot>> own = new CompletableFuture<>();
    CompletableFuture<Optional<SecretSnapshot>> others = inProgress.putIfAbsent(making, own);
    if (others != null) {
      return result(others);
    }
    try (@Nullable SnapshotReader earlier = cached == null ? null : new SnapshotReader(cached)) {
      Optional<SecretSnapshot> made = maker.make(earlier);
      made.ifPresent(snapshot -> keep(kind, snapshot));
      own.complete(made);
      return made;
    } catch (RuntimeException | Error e) {
      own.completeExceptionally(e);
      throw e;
    } finally {
      inProgress.remove(making, own);
    }
  }

  private static Optional<SecretSnapshot> result(
      CompletableFuture<Optional<SecretSnapshot>> others) {
    try {
      return others.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  /** A transaction that began earlier sees less, and others have no use for that. */
  private void keep(Kind kind, SecretSnapshot made) {
    cache
        .asMap()
        .merge(
            kind,
            made,
            (present, _) -> isNewer(present.revision(), made.revision()) ? present : made);
  }

  /** In both respects: a failover that lost changes sets the numbers back, but not the time. */
  private static boolean isNewer(Revision one, Revision other) {
    return one.number() > other.number() && one.changedAt().isAfter(other.changedAt());
  }

  private Optional<SecretSnapshot> decrypt(
      DSLContext db, SecretsAccess access, Revision revision, @Nullable SnapshotReader earlier) {
    Optional<EnvironmentKeys> opened =
        keyring.open(db, access.organisation(), access.environment());
    if (opened.isEmpty()) {
      return Optional.empty();
    }
    try (EnvironmentKeys keys = opened.get();
        FieldOpener opener = keys.opener()) {
      SecretSnapshot.Builder builder =
          new SecretSnapshot.Builder(
              revision,
              SecretStore.accountsWithOverrides(db, access.ciphertexts()),
              keys.keyDigester(),
              earlier);
      List<UUID> unreadable = new ArrayList<>();
      for (StoredSecret secret :
          SecretStore.listForAll(db, access.ciphertexts(), SecretStore.BY_PATH)) {
        if (builder.addUnchanged(secret)) {
          continue;
        }
        try {
          SecretObject plain = SecretObject.decrypted(access, secret, opener);
          builder.add(secret, plain.value().contains("${"), AnswerForm.PLAIN.write(plain));
        } catch (CryptoException e) {
          unreadable.add(secret.id());
        }
      }
      logUnreadable(access.environment(), unreadable);
      return Optional.of(builder.build());
    }
  }

  private static SecretSnapshot encrypted(
      DSLContext db,
      CiphertextAccess access,
      Revision revision,
      AnswerForm form,
      @Nullable SnapshotReader earlier) {
    SecretSnapshot.Builder builder =
        new SecretSnapshot.Builder(
            revision, SecretStore.accountsWithOverrides(db, access), null, earlier);
    for (StoredSecret secret : SecretStore.listForAll(db, access, SecretStore.BY_AGE)) {
      if (!builder.addUnchanged(secret)) {
        builder.add(secret, false, form.write(SecretObject.encrypted(access, secret)));
      }
    }
    return builder.build();
  }

  static void logUnreadable(EnvironmentId environment, List<UUID> secrets) {
    if (!secrets.isEmpty()) {
      LOG.warn(
          "{} secrets of environment {} cannot be decrypted and were left out, among them {}",
          secrets.size(),
          environment,
          secrets.subList(0, Math.min(secrets.size(), MAXIMUM_LOGGED)));
    }
  }

  /**
   * Makes a snapshot, with the help of an earlier one if there is one, whose pieces are in clear
   * until it is made.
   */
  private interface Maker {
    Optional<SecretSnapshot> make(@Nullable SnapshotReader earlier);
  }

  private record Kind(EnvironmentId environment, AnswerForm form) {}

  private record Making(Kind kind, Revision revision) {}
}
