package lockstep.server.apps;

import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AppAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.keys.CopyCheck;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.StoredName;
import lockstep.server.keys.WrappedKeys;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/**
 * Switches apps between server-side and end-to-end encryption. The keys of environments stay what
 * they are, unless somebody rotates them; what comes and goes is the server's copy of them. Without
 * the copies it can open an environment only by way of a service account that has a key of it and
 * whose keyring it holds; no code does that, but the state tells of it.
 */
public final class AppEncryption {

  private final Database database;
  private final EnvironmentKeyring keyring;
  private final EnvironmentGrants grants;
  private final Audit audit;
  private final Clock clock;

  /** Switches apps in this database. */
  public AppEncryption(
      Database database,
      EnvironmentKeyring keyring,
      EnvironmentGrants grants,
      Audit audit,
      Clock clock) {
    this.database = database;
    this.keyring = keyring;
    this.grants = grants;
    this.audit = audit;
    this.clock = clock;
  }

  Encryption get(AppAccess access) {
    return database.read(db -> state(db, access));
  }

  /** Refuses if the caller does not reach all of the app: it speaks for all who do. */
  void requireChangeable(AppAccess access) {
    database.read(
        db -> {
          requireWholeReach(db, access);
          return access;
        });
  }

  /**
   * Lets the server open the app. If it already can, this only replaces copies of keys that are
   * wrong.
   *
   * @param copies what the client wrapped for the server
   * @throws ApiException 409 if these are not the environments of the app, 400 if the server cannot
   *     open one of them with what it was given, or finds none of its secrets
   */
  Encryption turnOn(AppAccess access, Map<EnvironmentId, WrappedEnvironmentKeys> copies) {
    Known known = database.read(db -> known(db, access));
    requireSameEnvironments(known.identityKeys(), copies);
    copies.forEach(
        (id, copy) -> {
          switch (known.check(keyring, id, copy)) {
            case UNUSABLE ->
                throw ApiException.badRequest(
                    "The keys of environment "
                        + id
                        + " cannot be opened by the server, or are those of another environment.");
            case WRONG_SALT ->
                throw ApiException.badRequest(
                    "The salt of environment "
                        + id
                        + " is not the one under which the names of its secrets were stored.");
            case UNPROVEN, RIGHT -> {}
          }
        });
    Set<EnvironmentId> wrong = known.wrongCopies(keyring);
    WrappedKeys ready =
        grants.prepareCatchUp(access.organisation(), access.app(), copies, known.identityKeys());
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          boolean sseEnabled = app(db, access).sseEnabled();
          requireWholeReach(db, access);
          requireSameEnvironments(EncryptionStore.identityKeys(db, access), copies);
          requireSameKeys(known.identityKeys(), EncryptionStore.identityKeys(db, access));
          if (sseEnabled) {
            replaceWrong(db, access, known, wrong, copies);
          } else {
            keyring.eraseServerCopies(db, access.organisation(), access.app());
            copies.forEach(
                (id, copy) ->
                    keyring.keepServerCopy(
                        db, access.organisation(), id, copy, known.identityKey(id)));
            EncryptionStore.setSse(db, access, true, clock.instant());
            grants.catchUp(db, access.organisation(), access.app(), ready);
            record(db, access, "Server-side encryption enabled", copies.size());
          }
          return state(db, access);
        });
  }

  /** Replaces those that still are what was found to be wrong. */
  private void replaceWrong(
      DSLContext db,
      AppAccess access,
      Known known,
      Set<EnvironmentId> wrong,
      Map<EnvironmentId, WrappedEnvironmentKeys> copies) {
    Map<EnvironmentId, WrappedEnvironmentKeys> stored =
        keyring.serverCopies(db, access.organisation(), access.app());
    int replaced = 0;
    for (Map.Entry<EnvironmentId, WrappedEnvironmentKeys> copy : copies.entrySet()) {
      EnvironmentId id = copy.getKey();
      if (wrong.contains(id) && Objects.equals(stored.get(id), known.copies().get(id))) {
        keyring.eraseServerCopy(db, access.organisation(), id);
        keyring.keepServerCopy(
            db, access.organisation(), id, copy.getValue(), known.identityKey(id));
        replaced++;
      }
    }
    if (replaced > 0) {
      record(db, access, "Server's copy of keys replaced", replaced);
    }
  }

  private Known known(DSLContext db, AppAccess access) {
    Map<EnvironmentId, String> identityKeys = EncryptionStore.identityKeys(db, access);
    Map<EnvironmentId, List<StoredName>> names = new HashMap<>();
    for (EnvironmentId id : identityKeys.keySet()) {
      names.put(id, EncryptionStore.someNames(db, access, id));
    }
    return new Known(
        identityKeys, names, keyring.serverCopies(db, access.organisation(), access.app()));
  }

  /** What there is to compare keys with. */
  private record Known(
      Map<EnvironmentId, String> identityKeys,
      Map<EnvironmentId, List<StoredName>> names,
      Map<EnvironmentId, WrappedEnvironmentKeys> copies) {

    String identityKey(EnvironmentId id) {
      return Objects.requireNonNull(identityKeys.get(id));
    }

    CopyCheck check(EnvironmentKeyring keyring, EnvironmentId id, WrappedEnvironmentKeys copy) {
      return keyring.check(
          copy, identityKeys.getOrDefault(id, ""), names.getOrDefault(id, List.of()));
    }

    /** The environments of whose keys the server has a copy that is of no use. */
    Set<EnvironmentId> wrongCopies(EnvironmentKeyring keyring) {
      Set<EnvironmentId> wrong = new HashSet<>();
      copies.forEach(
          (id, copy) -> {
            CopyCheck check = check(keyring, id, copy);
            if (check == CopyCheck.UNUSABLE || check == CopyCheck.WRONG_SALT) {
              wrong.add(id);
            }
          });
      return wrong;
    }
  }

  /** Takes the server's copies of all keys away. Does nothing if it has none. */
  Encryption turnOff(AppAccess access) {
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          if (!app(db, access).sseEnabled()) {
            return state(db, access);
          }
          requireWholeReach(db, access);
          Optional<String> lost = EncryptionStore.nameWithoutHolder(db, access);
          if (lost.isPresent()) {
            throw ApiException.conflict(
                "No member has a key of environment '"
                    + lost.get()
                    + "', so nobody could open it any more. Give somebody access to it first.");
          }
          keyring.eraseServerCopies(db, access.organisation(), access.app());
          EncryptionStore.setSse(db, access, false, clock.instant());
          int environments = EncryptionStore.identityKeys(db, access).size();
          record(db, access, "Server-side encryption disabled", environments);
          return state(db, access);
        });
  }

  private Encryption state(DSLContext db, AppAccess access) {
    return new Encryption(
        access.app().value(),
        app(db, access).sseEnabled(),
        keyring.serverPublicKey(db),
        EncryptionStore.environments(db, access));
  }

  private static App app(DSLContext db, AppAccess access) {
    return AppStore.find(db, access)
        .orElseThrow(() -> ApiException.notFound("App with ID " + access.app() + " not found"));
  }

  private static void requireWholeReach(DSLContext db, AppAccess access) {
    EncryptionStore.nameIfPartlyOutOfReach(db, access)
        .ifPresent(
            name -> {
              throw ApiException.forbidden(
                  "You don't have access to one or more environments in app '" + name + "'.");
            });
  }

  private static void requireSameEnvironments(
      Map<EnvironmentId, String> known, Map<EnvironmentId, WrappedEnvironmentKeys> copies) {
    if (!known.keySet().equals(copies.keySet())) {
      throw ApiException.conflict(
          "'environments' must list exactly the environments of the app. Fetch them again.");
    }
  }

  /** What was checked against keys that were replaced meanwhile is not to be stored. */
  private static void requireSameKeys(
      Map<EnvironmentId, String> checked, Map<EnvironmentId, String> now) {
    if (!now.equals(checked)) {
      throw ApiException.conflict(
          "Keys of environments of the app were rotated meanwhile. Fetch them again.");
    }
  }

  private void record(DSLContext db, AppAccess access, String description, int environments) {
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(
            AuditAction.UPDATE,
            AuditedResource.APP,
            access.app().value(),
            description,
            Map.of("environments", environments)));
  }
}
