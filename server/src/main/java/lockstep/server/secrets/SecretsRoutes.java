package lockstep.server.secrets;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import lockstep.references.SecretPath;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.Caller;
import lockstep.server.access.SecretsAccess;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.http.EntityTag;
import lockstep.server.http.Query;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /v1/secrets/}. */
public final class SecretsRoutes {

  /** This client fails on any status but 200, also where something was created. */
  private static final String TERRAFORM_USER_AGENT = "terraform-provider-phase/";

  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,18}");

  private final Access access;
  private final Secrets secrets;

  /** Serves these secrets. */
  public SecretsRoutes(Access access, Secrets secrets) {
    this.access = access;
    this.secrets = secrets;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router
        .route("/v1/secrets/", lockstep.server.http.Access.ACCOUNT_OR_SERVICE_TOKEN)
        .get(this::list)
        .post(this::create)
        .put(this::update)
        .delete(this::delete);
  }

  private Reply list(Call call, Caller caller) {
    SecretsAccess granted = access(call, caller, Action.READ);
    requireLegalLeaseTtl(call.query());
    return secrets
        .list(granted, filter(call.query()), tag -> EntityTag.isKnown(call, tag))
        .toReply();
  }

  private Reply create(Call call, Caller caller) {
    SecretsAccess granted = access(call, caller, Action.CREATE);
    List<NewSecret> wanted = SecretBodies.newSecrets(call.requiredBody());
    List<SecretObject> created = secrets.create(granted, wanted);
    return call.userAgent().startsWith(TERRAFORM_USER_AGENT)
        ? Reply.ok(created)
        : Reply.created(created);
  }

  private Reply update(Call call, Caller caller) {
    SecretsAccess granted = access(call, caller, Action.UPDATE);
    return Reply.ok(secrets.update(granted, SecretBodies.changes(call.requiredBody())));
  }

  private Reply delete(Call call, Caller caller) {
    SecretsAccess granted = access(call, caller, Action.DELETE);
    int count = secrets.delete(granted, SecretBodies.ids(call.requiredBody()));
    String message = "Deleted " + count + (count == 1 ? " secret" : " secrets");
    return Reply.ok(Map.of("message", message));
  }

  private SecretsAccess access(Call call, Caller caller, Action action) {
    return access.secrets(caller, call.query().text("app_id"), call.query().text("env"), action);
  }

  private static SecretFilter filter(Query query) {
    return new SecretFilter(
        query.text("path").map(SecretPath::of),
        query.text("key").map(key -> key.toUpperCase(Locale.ROOT)),
        query.text("tags").map(SecretFilter::tagNames));
  }

  private static void requireLegalLeaseTtl(Query query) {
    Optional<String> ttl = query.text("lease_ttl");
    if (ttl.isPresent() && !INTEGER.matcher(ttl.get()).matches()) {
      throw ApiException.badRequest("lease_ttl must be a valid integer (seconds)");
    }
  }
}
