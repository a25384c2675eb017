package lockstep.server.account;

import lockstep.crypto.IdentityKey;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.http.Call;
import lockstep.server.http.Fields;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.keys.MemberKeys;

/** {@code /v1/account/}: the caller's own. */
public final class OwnAccountRoutes {

  private final Access access;
  private final OwnAccounts accounts;

  /** Serves these accounts. */
  public OwnAccountRoutes(Access access, OwnAccounts accounts) {
    this.access = access;
    this.accounts = accounts;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.route("/v1/account/", lockstep.server.http.Access.ACCOUNT).get(this::describe);
    router.route("/v1/account/keyring/", lockstep.server.http.Access.ACCOUNT).post(this::keyring);
    router
        .route("/v1/account/password/", lockstep.server.http.Access.ACCOUNT)
        .put(this::changePassword);
    router.route("/v1/account/recovery/", lockstep.server.http.Access.ACCOUNT).put(this::recover);
  }

  private Reply describe(Call call, Caller caller) {
    return Reply.ok(accounts.describe(access.ownAccount(caller)));
  }

  private Reply keyring(Call call, Caller caller) {
    OwnAccountAccess granted = access.ownAccount(caller);
    return Reply.ok(accounts.keyring(granted, MemberKeys.authHash(call.body(), "authHash")));
  }

  private Reply changePassword(Call call, Caller caller) {
    OwnAccountAccess granted = access.ownAccount(caller);
    Fields body = call.body();
    String current = MemberKeys.authHash(body, "currentAuthHash");
    String wanted = MemberKeys.authHash(body, "newAuthHash");
    accounts.changePassword(granted, current, wanted, MemberKeys.wrapped(body));
    return Reply.noContent();
  }

  private Reply recover(Call call, Caller caller) {
    OwnAccountAccess granted = access.ownAccount(caller);
    Fields body = call.body();
    IdentityKey identityKey = MemberKeys.identityKey(body);
    String wanted = MemberKeys.authHash(body, "newAuthHash");
    MemberKeys.Wrapped wrapped = MemberKeys.wrapped(body);
    accounts.recover(granted, identityKey, wanted, wrapped, RecoverySignature.read(body));
    return Reply.noContent();
  }
}
