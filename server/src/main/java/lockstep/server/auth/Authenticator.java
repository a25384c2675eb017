package lockstep.server.auth;

import java.time.Clock;
import lockstep.crypto.BearerToken;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.NetworkPolicies;
import lockstep.server.access.Origin;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.auth.TokenStore.KnownCaller;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/** Knows callers by their bearer tokens. Only digests of tokens are looked up and kept. */
public final class Authenticator {

  private final Database database;
  private final TokenUses uses;
  private final RefusedStrangers refusals;
  private final Clock clock;
  private final KnownCallers known;

  /** Looks tokens up in this database, and reports each use, and each that comes too late. */
  public Authenticator(Database database, TokenUses uses, RefusedStrangers refusals, Clock clock) {
    this.database = database;
    this.uses = uses;
    this.refusals = refusals;
    this.clock = clock;
    this.known = new KnownCallers(database);
  }

  /** From where an account may call, as stored now. */
  public static NetworkPolicies policies(
      DSLContext db, OrganisationId organisation, AccountId account) {
    return TokenStore.policies(db, organisation, account);
  }

  /**
   * The caller behind the request's {@code Authorization} header.
   *
   * @param acceptServiceTokens whether the route serves legacy service tokens
   * @throws ApiException 401 if the header is missing or malformed, or the token is not live
   */
  public Caller authenticate(Call call, boolean acceptServiceTokens) {
    Credentials credentials = Credentials.parse(call.header("Authorization"), acceptServiceTokens);
    byte[] digest = BearerToken.digest(credentials.bearerToken());
    Origin origin = new Origin(call.clientAddress(), call.userAgent(), call.requestId());
    Caller caller =
        known
            .find(credentials.kind(), digest, clock.instant())
            .map(same -> same.from(origin))
            .orElseGet(() -> prove(credentials.kind(), digest, origin));
    uses.add(caller.token());
    return caller;
  }

  private Caller prove(AccountKind kind, byte[] digest, Origin origin) {
    KnownCaller proven =
        database
            .read(db -> TokenStore.findCaller(db, kind, digest, clock.instant(), origin))
            .orElseThrow(() -> refused(kind, digest, origin));
    known.remember(kind, digest, proven);
    return proven.caller();
  }

  /** A token that was one is on record where it belonged; one that never was belongs nowhere. */
  private ApiException refused(AccountKind kind, byte[] digest, Origin origin) {
    database
        .read(db -> TokenStore.findEnded(db, kind, digest))
        .ifPresent(token -> refusals.record(token.thing(), origin, token.reason()));
    return ApiException.unauthorized("Token expired or deleted");
  }
}
