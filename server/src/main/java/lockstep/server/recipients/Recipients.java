package lockstep.server.recipients;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.access.Access;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Action;
import lockstep.server.access.AppAccess;
import lockstep.server.access.Caller;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.AppId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.KeyState;
import lockstep.server.keys.SuppliedKeys;
import lockstep.server.recipients.RecipientStore.Target;
import lockstep.server.store.Database;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** The rules of handing out keys that the server cannot open. */
public final class Recipients {

  /** No app has this id, so no service account is listed on it. */
  private static final AppId NO_APP = new AppId(new UUID(0, 0));

  private final Database database;
  private final Access access;
  private final EnvironmentKeyring keyring;
  private final EnvironmentGrants grants;
  private final Audit audit;

  /** Keeps keys in this database. */
  public Recipients(
      Database database,
      Access access,
      EnvironmentKeyring keyring,
      EnvironmentGrants grants,
      Audit audit) {
    this.database = database;
    this.access = access;
    this.keyring = keyring;
    this.grants = grants;
    this.audit = audit;
  }

  /** Who must get the keys of all environments of an app that the caller is about to create. */
  NewEnvironmentRecipients forNewApp(OrganisationAccess granted) {
    return forNewEnvironment(granted.caller(), NO_APP);
  }

  /** Who must get the keys of an environment that the caller is about to create. */
  NewEnvironmentRecipients forNewEnvironment(AppAccess granted) {
    return forNewEnvironment(granted.caller(), granted.app());
  }

  private NewEnvironmentRecipients forNewEnvironment(Caller caller, AppId app) {
    return database.read(
        db -> {
          Set<AccountId> holders =
              keyring.firstHolders(db, caller.organisation(), app, caller.account()).keySet();
          return new NewEnvironmentRecipients(
              keyring.serverPublicKey(db),
              RecipientStore.recipients(db, caller.organisation(), holders));
        });
  }

  /**
   * The accounts that could have a key of an environment: members, and service accounts as far as
   * the caller may see them.
   *
   * @param members the permission to see the members
   */
  List<KeyHolder> ofEnvironment(EnvironmentAccess granted, OrganisationAccess members) {
    Condition visible = RecipientStore.isMember();
    if (granted.caller().role().allows(OrganisationResource.SERVICE_ACCOUNTS, Action.READ)) {
      visible =
          visible.or(
              RecipientStore.isServiceAccount()
                  .and(
                      Access.seesServiceAccountsOf(
                          members, RecipientStore.teamOfServiceAccount())));
    }
    Condition condition = visible;
    return database.read(db -> RecipientStore.holders(db, granted, condition));
  }

  /**
   * Gives accounts individual grants, with the keys that the caller wrapped for them.
   *
   * @param identityKey the public key of the environment that belongs to them, if the caller says
   */
  List<KeyHolder> give(
      EnvironmentAccess granted, SuppliedKeys keys, Optional<X25519PublicKey> identityKey) {
    Set<AccountId> accounts = keys.byAccount().keySet();
    return database.write(
        db -> {
          AccessRevision.increment(db, granted.organisation());
          access.requireKeysOfEnvironment(db, granted, Action.CREATE);
          requirePresentKeys(
              keyring.state(db, granted.organisation(), granted.environment()).orElseThrow(),
              identityKey);
          access.requireManaged(
              db, granted.caller(), accounts.stream().map(AccountId::toString).toList());
          RecipientStore.targets(db, granted.organisation(), accounts)
              .forEach(Recipients::requireIdentityKey);
          grants.giveSupplied(
              db, granted.organisation(), granted.app(), granted.environment(), keys);
          record(db, granted, "Keys of environment given", accounts);
          return RecipientStore.holders(db, granted, accounts);
        });
  }

  /**
   * Who fetched the keys before they were rotated, and wraps them after the app was switched, would
   * give away the old ones. The server cannot tell by what is wrapped.
   */
  private static void requirePresentKeys(KeyState present, Optional<X25519PublicKey> stated) {
    if (stated.isEmpty() && present.rotated()) {
      throw ApiException.badRequest(
          "The keys of this environment have been rotated. Say with 'identityKey' which ones are"
              + " wrapped.");
    }
    if (stated.isPresent() && !stated.get().hex().equals(present.identityKey())) {
      throw ApiException.conflict(
          "These are not the keys that the environment has. Fetch the keys again, and wrap those.");
    }
  }

  /**
   * Takes the individual grant of an account. Its key goes, unless a team still grants it.
   *
   * <p>An account may do without its own key, whatever its role is: only it can tell that the key
   * is a wrong one, and it gets a right one no other way, because nobody replaces a key that is
   * there. So its own key goes as a whole. As long as another member has a key, that member can
   * give it again; without one, this is refused like every taking of a last key.
   */
  void take(EnvironmentAccess granted, String id) {
    boolean own = id.equals(granted.caller().account().toString());
    database.write(
        db -> {
          AccessRevision.increment(db, granted.organisation());
          access.requireKeysOfEnvironment(db, granted, Action.DELETE);
          AccountId account = own ? granted.caller().account() : managed(db, granted, id);
          if (own) {
            grants.discard(db, granted.organisation(), account, granted.environment());
          } else {
            grants.revokeIndividual(db, granted.organisation(), account, granted.environment());
          }
          RecipientStore.unlistIfWithoutKeys(db, granted, account);
          record(
              db,
              granted,
              own ? "Own key of environment discarded" : "Key of environment taken",
              Set.of(account));
          return account;
        });
  }

  private AccountId managed(DSLContext db, EnvironmentAccess granted, String id) {
    access.requireManaged(db, granted.caller(), List.of(id));
    // It is managed, so this is the id of an account that is there.
    AccountId account = AccountId.parse(id).orElseThrow();
    if (RecipientStore.targets(db, granted.organisation(), Set.of(account)).stream()
        .anyMatch(Target::globalAccess)) {
      throw ApiException.forbidden(
          "Access cannot be changed for members with a global access role.");
    }
    return account;
  }

  private static void requireIdentityKey(Target target) {
    if (!target.hasIdentityKey()) {
      throw ApiException.badRequest(
          target.kind() == AccountKind.MEMBER
              ? "Member has not set up their identity key yet. They must log in to the console"
                  + " first."
              : "Service account does not have an identity key set. Cannot grant environment"
                  + " access.");
    }
  }

  private void record(
      DSLContext db, EnvironmentAccess granted, String description, Set<AccountId> accounts) {
    audit.record(
        db,
        granted.caller(),
        new AuditEvent(
            AuditAction.ACCESS,
            AuditedResource.ENVIRONMENT,
            Optional.of(granted.environment().value()),
            Optional.of(granted.environment()),
            description,
            Map.of("accounts", accounts.stream().map(AccountId::toString).sorted().toList())));
  }
}
