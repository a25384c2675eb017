package lockstep.server.serviceaccounts;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import lockstep.crypto.MintedToken;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.Caller;
import lockstep.server.access.ServiceAccountAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.auth.LiveTokenStore;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.TokenId;
import lockstep.server.ids.Uuids;
import lockstep.server.keys.ServiceAccountKeyrings;
import lockstep.server.serviceaccounts.ServiceAccountBodies.WantedToken;
import lockstep.server.serviceaccounts.ServiceAccountDetail.TokenSummary;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/** The rules of the tokens of service accounts. Only what cannot be used is kept of a token. */
public final class ServiceAccountTokens {

  private final Database database;
  private final ServiceAccountKeyrings keyrings;
  private final Audit audit;
  private final Clock clock;

  /** Keeps tokens in this database. */
  public ServiceAccountTokens(
      Database database, ServiceAccountKeyrings keyrings, Audit audit, Clock clock) {
    this.database = database;
    this.keyrings = keyrings;
    this.audit = audit;
    this.clock = clock;
  }

  /** Refuses if the server cannot make tokens of the account. */
  void requireManagedKeys(ServiceAccountAccess access) {
    database.read(db -> managed(db, access));
  }

  /** The time that expiries are counted from. */
  Instant now() {
    return clock.instant();
  }

  NewToken create(ServiceAccountAccess access, WantedToken wanted) {
    StoredServiceAccount stored = database.read(db -> managed(db, access));
    MintedToken minted =
        keyrings.mint(stored.serverWrappedKeyring().orElseThrow(), stored.serverKey());
    return database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          managed(db, access);
          return store(
              db, access.caller(), access.account(), wanted.name(), wanted.expiresAt(), minted);
        });
  }

  /** Stores a token in the transaction of its making. */
  NewToken store(
      DSLContext db,
      Caller caller,
      AccountId account,
      String name,
      Optional<Instant> expiresAt,
      MintedToken minted) {
    Instant now = clock.instant();
    TokenSummary token = new TokenSummary(Uuids.v7(now), name, now, expiresAt.orElse(null));
    ServiceAccountTokenStore.insert(
        db, caller.organisation(), account, caller.account(), token, minted);
    record(db, caller, AuditAction.CREATE, account, token, "Service account token created");
    return new NewToken(
        token.id(),
        name,
        now,
        token.expiresAt(),
        minted.token().text(),
        minted.token().bearerHeaderValue());
  }

  void delete(ServiceAccountAccess access, Optional<UUID> id) {
    database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          TokenSummary token =
              id.map(TokenId::new)
                  .flatMap(
                      known ->
                          ServiceAccountTokenStore.find(
                              db, access.organisation(), access.account(), known))
                  .orElseThrow(() -> ApiException.notFound("Token not found."));
          LiveTokenStore.end(
              db,
              access.organisation(),
              access.account(),
              Optional.of(new TokenId(token.id())),
              clock.instant());
          record(
              db,
              access.caller(),
              AuditAction.DELETE,
              access.account(),
              token,
              "Service account token deleted");
          return token;
        });
  }

  List<TokenSummary> listWorking(DSLContext db, ServiceAccountAccess access) {
    return ServiceAccountTokenStore.listWorking(
        db, access.organisation(), access.account(), clock.instant());
  }

  /** Records that the tokens of an account go with it, in the transaction that deletes it. */
  void recordDeletions(DSLContext db, Caller caller, AccountId account) {
    for (TokenSummary token : ServiceAccountTokenStore.list(db, caller.organisation(), account)) {
      record(
          db,
          caller,
          AuditAction.DELETE,
          account,
          token,
          "Service account token deleted with its account");
    }
  }

  private static StoredServiceAccount managed(DSLContext db, ServiceAccountAccess access) {
    StoredServiceAccount account = ServiceAccounts.find(db, access);
    if (account.serverWrappedKeyring().isEmpty()) {
      throw ApiException.badRequest(
          "Service account does not have server-side key management enabled. Tokens cannot be"
              + " minted via the API.");
    }
    return account;
  }

  private void record(
      DSLContext db,
      Caller caller,
      AuditAction action,
      AccountId account,
      TokenSummary token,
      String description) {
    audit.record(
        db,
        caller,
        AuditEvent.of(
            action,
            AuditedResource.SERVICE_ACCOUNT_TOKEN,
            token.id(),
            description,
            Map.of("name", token.name(), "serviceAccount", account.value())));
  }
}
