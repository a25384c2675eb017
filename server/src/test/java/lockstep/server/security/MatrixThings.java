package lockstep.server.security;

import static lockstep.server.store.tables.Tables.TOKEN;
import static lockstep.server.testing.TestApp.object;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.X25519PublicKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;

/** One thing of each kind that has an id in the API, all in one organisation. */
final class MatrixThings {

  /** What ids are of. */
  enum Kind {
    APP,
    ENVIRONMENT,
    SECRET,
    /** An app that the server cannot open. */
    VAULT,
    VAULT_ENVIRONMENT,
    LOCKBOX,
    MEMBER,
    MEMBER_TOKEN,
    INVITE,
    ROLE,
    SERVICE_ACCOUNT,
    SERVICE_ACCOUNT_TOKEN,
    TEAM,
    POLICY
  }

  private static final X25519PublicKey SOME_KEY = EnvironmentKeys.generate().publicKey();

  private final ServerUnderTest server;
  private final TestOrganisation organisation;
  private final TestApp app;
  private final EndToEndClient client;
  private final TestApp vault;
  private final String secretInStaging;
  private final Map<Kind, String> ids = new EnumMap<>(Kind.class);

  MatrixThings(ServerUnderTest server, TestOrganisation organisation) {
    this.server = server;
    this.organisation = organisation;
    this.app = organisation.app("app", "Development", "Staging");
    this.client = new EndToEndClient(organisation.owner());
    this.vault = client.app("vault", "Development", "Staging");
    ids.put(Kind.VAULT, vault.id());
    ids.put(Kind.VAULT_ENVIRONMENT, vault.environment("Development"));
    ids.put(Kind.APP, app.id());
    ids.put(Kind.ENVIRONMENT, app.environment("Development"));
    this.secretInStaging = secret("Staging");
    for (Kind kind : Kind.values()) {
      if (!ids.containsKey(kind)) {
        ids.put(kind, create(kind));
      }
    }
  }

  TestApp app() {
    return app;
  }

  /** The app that the server cannot open. */
  TestApp vault() {
    return vault;
  }

  /** A new text that this member shares. */
  static String lockbox(TestCaller member) {
    return member
        .post(
            "/v1/lockbox/", object("data", object("data", Ciphertext.encrypt("", SOME_KEY).text())))
        .is(201)
        .id();
  }

  /** A new rotation of the owner. */
  Optional<String> rotation() {
    return rotation(organisation.owner(), id(Kind.VAULT_ENVIRONMENT));
  }

  /**
   * A new rotation of the keys of an environment of the vault, which its caller may begin: the id,
   * or empty if it may not.
   */
  Optional<String> rotation(TestCaller caller, String environment) {
    String name =
        vault.environments().entrySet().stream()
            .filter(one -> one.getValue().equals(environment))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElseThrow();
    TestResponse answer =
        caller.post(
            "/v1/end-to-end/environments/" + environment + "/rotations/",
            object(
                "identityKey",
                client.keys(name).identityKey(),
                "newIdentityKey",
                EnvironmentKeys.generate().identityKey()));
    return answer.status() == 201 ? Optional.of(answer.id()) : Optional.empty();
  }

  String id(Kind kind) {
    return Objects.requireNonNull(ids.get(kind));
  }

  /** Makes another thing of this kind; tokens for the member and the service account here. */
  String create(Kind kind) {
    TestCaller owner = organisation.owner();
    return switch (kind) {
      case APP -> organisation.app("more", "Development").id();
      case ENVIRONMENT ->
          owner
              .post(
                  "/v1/environments/?app_id=" + app.id(), Map.of("name", "e-" + UUID.randomUUID()))
              .is(201)
              .id();
      case SECRET -> secret("Development");
      case VAULT -> client.app("more", "Development").id();
      case VAULT_ENVIRONMENT -> client.environment(vault, "e-" + UUID.randomUUID()).is(201).id();
      case LOCKBOX -> lockbox(owner);
      case MEMBER -> organisation.member(DefaultRole.DEVELOPER).account().toString();
      case MEMBER_TOKEN -> token(id(Kind.MEMBER));
      case INVITE ->
          owner
              .post(
                  "/v1/members/invites/",
                  object(
                      "email",
                      UUID.randomUUID() + "@example.test",
                      "role_id",
                      organisation.role(DefaultRole.DEVELOPER).toString()))
              .is(201)
              .id();
      case ROLE -> organisation.customRole(PermissionSet.NONE).toString();
      case SERVICE_ACCOUNT -> organisation.serviceAccount(DefaultRole.SERVICE).account().toString();
      case SERVICE_ACCOUNT_TOKEN -> token(id(Kind.SERVICE_ACCOUNT));
      case TEAM -> organisation.team(null, null).toString();
      case POLICY ->
          owner
              .post(
                  "/v1/network-policies/",
                  object("name", "office", "allowed_ips", List.of("10.0.0.0/8")))
              .is(201)
              .id();
    };
  }

  /** A new secret in this environment of the app. */
  private String secret(String environment) {
    return organisation
        .owner()
        .post(app.secrets(environment), TestApp.body(TestApp.secret("K", "v")))
        .is(201)
        .id();
  }

  /** A secret in the environment that not all callers reach. */
  String secretInStaging() {
    return secretInStaging;
  }

  /** A new token of this account, which nobody uses. */
  String token(String account) {
    UUID id = UUID.fromString(account);
    Set<UUID> before = tokens(id);
    organisation.memberToken(new TestCaller(server.uri(), id, Map.of()), null);
    Set<UUID> after = new HashSet<>(tokens(id));
    after.removeAll(before);
    return after.iterator().next().toString();
  }

  private Set<UUID> tokens(UUID account) {
    return server
        .database()
        .read(
            db ->
                db.select(TOKEN.ID)
                    .from(TOKEN)
                    .where(TOKEN.ACCOUNT_ID.eq(account))
                    .fetchSet(row -> row.value1()));
  }

  /** Deletes all of it over the API. */
  MatrixThings deleted() {
    List.of(
            "members/" + id(Kind.MEMBER) + "/tokens/" + id(Kind.MEMBER_TOKEN),
            "service-accounts/" + id(Kind.SERVICE_ACCOUNT),
            "members/" + id(Kind.MEMBER),
            "members/invites/" + id(Kind.INVITE),
            "roles/" + id(Kind.ROLE),
            "teams/" + id(Kind.TEAM),
            "network-policies/" + id(Kind.POLICY),
            "lockbox/" + id(Kind.LOCKBOX),
            "end-to-end/environments/" + id(Kind.VAULT_ENVIRONMENT),
            "end-to-end/apps/" + id(Kind.VAULT),
            "environments/" + id(Kind.ENVIRONMENT),
            "apps/" + id(Kind.APP))
        .forEach(path -> organisation.owner().delete("/v1/" + path + "/").is(204));
    return this;
  }
}
