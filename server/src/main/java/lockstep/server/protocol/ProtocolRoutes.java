package lockstep.server.protocol;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.CiphertextAccess;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.EntityTag;
import lockstep.server.http.Json;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.secrets.EncryptedSecrets;

/**
 * {@code /service/secrets/}, {@code /service/secrets/tokens/} and {@code /service/logout/}. These
 * clients take every status but 200 for a failure, also where nothing is answered.
 */
public final class ProtocolRoutes {

  /** A file with all secrets of an app comes as one request, encrypted field by field. */
  private static final int MAXIMUM_BODY_BYTES = 4 << 20;

  private static final Pattern SECONDS = Pattern.compile("[+-]?[0-9]{1,18}");

  private final Access access;
  private final HeldKeys keys;
  private final EncryptedSecrets secrets;

  /** Serves these keys and secrets. */
  public ProtocolRoutes(Access access, HeldKeys keys, EncryptedSecrets secrets) {
    this.access = access;
    this.keys = keys;
    this.secrets = secrets;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/secrets/tokens/", lockstep.server.http.Access.ACCOUNT_OR_SERVICE_TOKEN)
        .get(this::keys);
    router
        .route("/secrets/", lockstep.server.http.Access.ACCOUNT_OR_SERVICE_TOKEN)
        .maxBodyBytes(MAXIMUM_BODY_BYTES)
        .get(this::list)
        .post(this::create)
        .put(this::update)
        .delete(this::delete);
    router.publicRoute("/logout/").post(this::logout);
  }

  /** In snake case for everybody: there is a client that asks for the other and reads this. */
  private Reply keys(Call call, Caller caller) {
    return Reply.okBytes(Json.writeSnakeCase(keys.of(access.heldKeys(caller)).toAnswer()));
  }

  private Reply list(Call call, Caller caller) {
    CiphertextAccess granted = access(call, caller, Action.READ);
    requireLegalLeaseTtl(call);
    return secrets
        .list(
            granted,
            ProtocolHeaders.text(call, "Path"),
            ProtocolHeaders.text(call, "KeyDigest"),
            ProtocolHeaders.text(call, "tags"),
            ProtocolHeaders.text(call, "X-Use-Camel-Case").filter("true"::equals).isPresent(),
            tag -> EntityTag.isKnown(call, tag))
        .toReply();
  }

  private Reply create(Call call, Caller caller) {
    secrets.create(access(call, caller, Action.CREATE), call.requiredBody(), identityKey(call));
    return Reply.okEmpty();
  }

  private Reply update(Call call, Caller caller) {
    secrets.update(access(call, caller, Action.UPDATE), call.requiredBody(), identityKey(call));
    return Reply.okEmpty();
  }

  /** With which keys a client encrypted; the clients of others do not say. */
  private static Optional<String> identityKey(Call call) {
    return ProtocolHeaders.text(call, "IdentityKey");
  }

  private Reply delete(Call call, Caller caller) {
    secrets.delete(access(call, caller, Action.DELETE), call.requiredBody());
    return Reply.okEmpty();
  }

  /** A token has nothing to log out of. */
  private Reply logout(Call call) {
    return Reply.ok(Map.of("message", "Logged out"));
  }

  private CiphertextAccess access(Call call, Caller caller, Action action) {
    return access.ciphertexts(
        caller,
        ProtocolHeaders.text(call, "Environment"),
        call.query().text("app_id"),
        call.query().text("env"),
        action);
  }

  /** Clients ask for leases wherever they read; there are none to be had without such secrets. */
  private static void requireLegalLeaseTtl(Call call) {
    Optional<String> ttl = ProtocolHeaders.text(call, "lease-ttl");
    if (ttl.isPresent() && !SECONDS.matcher(ttl.get()).matches()) {
      throw ApiException.badRequest("lease_ttl must be a valid integer (seconds)");
    }
  }
}
