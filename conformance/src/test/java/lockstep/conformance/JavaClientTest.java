package lockstep.conformance;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.client.App;
import lockstep.client.ConflictException;
import lockstep.client.Environment;
import lockstep.client.EnvironmentInfo;
import lockstep.client.EnvironmentKeyGrants;
import lockstep.client.ForbiddenException;
import lockstep.client.LockstepClient;
import lockstep.client.NewSecret;
import lockstep.client.NotFoundException;
import lockstep.client.PersonalOverride;
import lockstep.client.Secret;
import lockstep.client.SecretChange;
import lockstep.client.SecretType;
import lockstep.client.Secrets;
import lockstep.client.SetResult;
import lockstep.client.UnauthorisedException;
import lockstep.crypto.EnvironmentKeys;
import lockstep.crypto.ServiceAccountKeyring;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.crypto.X25519KeyPair;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.DefaultRole;
import lockstep.server.testing.Backend;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The Java client and the server, over HTTP. */
@SuppressWarnings("NullAway.Init") // set before the tests
final class JavaClientTest {

  private static final String ODD = "nul \u0001 tab\t line\r\n quote\"' 日本 🔑 \\ ${ }";

  private final ServerUnderTest server = Backend.SQLITE.server();

  private TestOrganisation organisation;
  private TestCaller owner;
  private TestApp app;
  private LockstepClient client;

  @BeforeEach
  void openApp() {
    organisation = TestOrganisation.create(server);
    owner = organisation.owner();
    app = organisation.app("example-app");
    client = client(owner);
  }

  @AfterEach
  void closeClient() {
    client.close();
  }

  private LockstepClient client(TestCaller caller) {
    return LockstepClient.connect(server.uri().toString(), organisation.token(caller).text());
  }

  private Environment development() {
    return client.environment("example-app", "Development");
  }

  private JsonNode overRest(String query) {
    return owner.get(app.secrets() + query).is(200).json();
  }

  @Test
  void whatWasWrittenOverRestIsReadByTheClient() {
    owner
        .post(
            app.secrets(),
            body(
                Map.of("key", "ODD", "value", ODD, "comment", ODD, "tags", List.of("b", "a")),
                secret("/a/b", "DEEP", "deep"),
                Map.of("key", "FLAG", "value", "on", "type", "config")))
        .is(201);

    Secrets secrets = development().list();

    assertThat(secrets).hasSize(3);
    Secret odd = secrets.find("/", "ODD").orElseThrow();
    assertThat(odd.writtenValue()).isEqualTo(ODD);
    assertThat(odd.value()).isEqualTo(ODD);
    assertThat(odd.comment()).isEqualTo(ODD);
    assertThat(odd.tags()).containsExactlyInAnyOrder("a", "b");
    assertThat(odd.version()).isOne();
    assertThat(secrets.find("a//b/", "DEEP").orElseThrow().value()).isEqualTo("deep");
    assertThat(secrets.find("/", "FLAG").orElseThrow().type()).isEqualTo(SecretType.CONFIG);
    assertThat(development().values("/a/b")).isEqualTo(Map.of("DEEP", "deep"));
    assertThat(development().get("/a/b", "DEEP").value()).isEqualTo("deep");
  }

  private void rotateKeys() {
    String environment = app.environment("Development");
    owner.post("/v1/environments/" + environment + "/rotate-keys/", Map.of()).is(200);
  }

  /** Where the server cannot tell by the ciphertext with which keys it was made. */
  @Test
  void aClientThatHasReadBeforeGoesOnAfterAnotherClientHasRotatedTheKeys() {
    owner.put(EndToEndClient.encryptionOf(app), Map.of("sseEnabled", false)).is(200);
    Environment development = development();
    development.create(NewSecret.of("A", "1"));
    assertThat(development.values()).isEqualTo(Map.of("A", "1"));

    rotateAsClient();
    development.create(NewSecret.of("B", "b"));
    rotateAsClient();
    Secret found = development.get("A");
    rotateAsClient();
    development.update(SecretChange.of(found).value("2"));
    rotateAsClient();
    assertThat(development.values()).isEqualTo(Map.of("A", "2", "B", "b"));
    try (LockstepClient other = client(owner)) {
      assertThat(other.environment("example-app", "Development").values())
          .isEqualTo(Map.of("A", "2", "B", "b"));
    }
  }

  private void rotateAsClient() {
    String environment = app.environment("Development");
    TestClient present = TestClient.open(owner, organisation.token(owner), environment);
    TestRotation.perform(owner, present.keys(), environment);
  }

  @Test
  void aClientThatHasReadBeforeGoesOnAfterEachRotationOfKeys() {
    Environment development = development();
    development.create(NewSecret.of("A", "1"), NewSecret.of("B", "${A}!"));
    client.environment("example-app", "Staging").create(NewSecret.of("FAR", "${development.A}"));
    Map<String, String> values = development.values();
    assertThat(values).isEqualTo(Map.of("A", "1", "B", "1!"));

    rotateKeys();
    assertThat(development.values()).isEqualTo(values);
    rotateKeys();
    assertThat(client.environment("example-app", "Staging").values()).isEqualTo(Map.of("FAR", "1"));
    rotateKeys();
    Secret found = development.get("A");
    assertThat(found.value()).isEqualTo("1");
    rotateKeys();
    development.update(
        SecretChange.of(found).value("2").override(new PersonalOverride("mine", true)));
    rotateKeys();
    development.create(NewSecret.of("C", "c"));
    rotateKeys();
    assertThat(development.set("/", Map.of("C", "d")).changed()).isOne();
    rotateKeys();
    assertThat(development.find("NONE")).isEmpty();
    assertThat(overRest("&key=A").get(0).get("value").stringValue()).isEqualTo("2");
    assertThat(overRest("&key=C").get(0).get("value").stringValue()).isEqualTo("d");
    assertThat(development.values()).isEqualTo(Map.of("A", "mine", "B", "2!", "C", "d"));
  }

  @Test
  void whatTheClientWroteIsReadOverRest() {
    development()
        .create(
            NewSecret.of("ODD", ODD).withComment(ODD).withTags(List.of("t")).in("/ä/b c"),
            NewSecret.of("SEALED", "s").withType(SecretType.SEALED),
            NewSecret.of("EMPTY", ""));

    assertThat(overRest("").size()).isEqualTo(3);
    JsonNode odd = overRest("&key=ODD").get(0);
    assertThat(odd.get("value").stringValue()).isEqualTo(ODD);
    assertThat(odd.get("comment").stringValue()).isEqualTo(ODD);
    assertThat(odd.get("path").stringValue()).isEqualTo("/ä/b c");
    assertThat(odd.get("tags").get(0).stringValue()).isEqualTo("t");
    assertThat(overRest("&key=SEALED").get(0).get("type").stringValue()).isEqualTo("sealed");
    assertThat(development().get("EMPTY").value()).isEmpty();
    assertThat(development().get("/ä/b c", "ODD").value()).isEqualTo(ODD);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536})
  void valuesOfAnyLengthComeBack(int length) {
    String value = "x".repeat(length);
    development().set("LONG", value);

    assertThat(development().get("LONG").value()).isEqualTo(value);
    assertThat(overRest("&key=LONG").get(0).get("value").stringValue()).isEqualTo(value);
  }

  @Test
  void aSecretGoesThroughItsLife() {
    Environment environment = development();
    environment.create(NewSecret.of("A", "1").withTags(List.of("kept")).withComment("c"));

    environment.update(SecretChange.of(environment.get("A")).value("2"));
    Secret second = environment.get("A");
    assertThat(second.value()).isEqualTo("2");
    assertThat(second.tags()).containsExactly("kept");
    assertThat(second.comment()).isEqualTo("c");
    assertThat(second.version()).isEqualTo(2);

    environment.update(SecretChange.of(second).key("B").path("/f").comment("").tags(List.of()));
    assertThat(environment.find("A")).isEmpty();
    Secret moved = environment.get("/f", "B");
    assertThat(moved.comment()).isEmpty();
    assertThat(moved.tags()).isEmpty();
    assertThat(moved.value()).isEqualTo("2");

    environment.delete(moved);
    environment.delete(moved);
    assertThat(environment.list()).isEmpty();
    assertThatThrownBy(() -> environment.update(SecretChange.of(moved).value("3")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(moved.id());
    assertThatThrownBy(() -> environment.get("/f", "B")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void aBatchIsCarriedOutAsAWholeOrNotAtAll() {
    Environment environment = development();
    environment.set("TAKEN", "x");

    assertThatThrownBy(
            () -> environment.create(NewSecret.of("NEW", "1"), NewSecret.of("TAKEN", "2")))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("Duplicate secret found");
    assertThat(environment.values()).isEqualTo(Map.of("TAKEN", "x"));
  }

  @Test
  void manyValuesAreSetAtOnce() {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i < 200; i++) {
      values.put("KEY_" + i, "value " + i);
    }
    assertThat(development().set("/many", values)).isEqualTo(new SetResult(200, 0, 0));
    values.put("KEY_7", "other");
    assertThat(development().set("/many", values)).isEqualTo(new SetResult(0, 1, 199));
    assertThat(development().values("/many")).isEqualTo(values);
  }

  @Test
  void aMembersOverrideIsTheirsAlone() {
    TestCaller colleague = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(colleague, app, "Development");
    Environment mine = development();
    mine.set("A", "shared");
    mine.update(SecretChange.of(mine.get("A")).override(new PersonalOverride("mine", true)));

    try (LockstepClient other = client(colleague)) {
      Secret theirs = other.environment("example-app", "Development").get("A");
      assertThat(theirs.value()).isEqualTo("shared");
      assertThat(theirs.override()).isEmpty();
    }
    assertThat(mine.get("A").value()).isEqualTo("mine");
    assertThat(mine.get("A").sharedValue()).isEqualTo("shared");
    mine.set("A", "shared by all");
    assertThat(mine.get("A").value()).isEqualTo("mine");
    mine.update(SecretChange.of(mine.get("A")).override(new PersonalOverride("mine", false)));
    assertThat(mine.get("A").value()).isEqualTo("shared by all");
  }

  @Test
  void referencesResolveAsTheServerResolvesThem() {
    organisation.app("web");
    Environment here = development();
    here.set("/", Map.of("HOST", "dev.example", "B", "b"));
    here.set("/f", Map.of("B", "in folder"));
    client.environment("example-app", "Staging").set("HOST", "${web::Production.HOST}");
    client.environment("web", "Production").set("HOST", "web.example");
    here.set(
        "ALL", "${HOST} ${/f/B} ${staging.HOST} ${WEB::production.HOST} ${NOPE} ${no::where.X}");

    String resolved = here.get("ALL").value();

    assertThat(resolved)
        .isEqualTo("dev.example in folder web.example web.example ${NOPE} ${no::where.X}")
        .isEqualTo(overRest("&key=ALL").get(0).get("value").stringValue());
  }

  @Test
  void anAppThatTheServerCannotOpenWorksTheSame() {
    organisation.turnSseOff(app);
    Environment environment = development();
    environment.create(NewSecret.of("lower Case", "v"));
    environment.set("REF", "${lower Case}");

    assertThat(environment.get("REF").value()).isEqualTo("v");
    assertThat(client.app("example-app").serverCanDecrypt()).isFalse();
    owner.get(app.secrets()).is(400);
  }

  @Test
  void serviceAccountsAndLegacyTokensReadWhatTheyWereGiven() {
    development().set("A", "1");
    TestCaller bot = organisation.serviceAccount(DefaultRole.SERVICE);
    organisation.grant(bot, app, "Development");
    TestCaller legacy = organisation.serviceToken(app, "Development");

    for (TestCaller caller : List.of(bot, legacy)) {
      try (LockstepClient service = client(caller)) {
        assertThat(service.environment("example-app", "development").values())
            .isEqualTo(Map.of("A", "1"));
        assertThatThrownBy(() -> service.environment("example-app", "Production"))
            .isInstanceOf(NotFoundException.class)
            .hasMessageContaining("there is Development");
      }
    }
  }

  @Test
  void aTokenThatWasRevokedOpensNothingFromThenOn() {
    Environment environment = development();
    environment.set("A", "1");
    organisation.deleteTokens(owner);

    assertThatThrownBy(environment::values).isInstanceOf(UnauthorisedException.class);
    assertThatThrownBy(client::apps)
        .isInstanceOf(UnauthorisedException.class)
        .hasMessageContaining("Token expired or deleted");
  }

  @Test
  void accessThatWasTakenAwayEnds() {
    TestCaller colleague = organisation.member(DefaultRole.DEVELOPER);
    organisation.grant(colleague, app, "Development");
    try (LockstepClient other = client(colleague)) {
      Environment environment = other.environment("example-app", "Development");
      environment.values();
      organisation.revokeAllKeys(colleague);

      assertThatThrownBy(environment::values).isInstanceOf(ForbiddenException.class);
    }
  }

  @Test
  void keysAreWrappedForOthers() {
    EnvironmentKeyGrants grants = development().keyGrants();
    try (ServiceAccountKeyring account = ServiceAccountKeyring.generate();
        X25519KeyPair serverPair = X25519KeyPair.generate()) {
      WrappedEnvironmentKeys forAccount = grants.wrapFor(account.identityKey());
      WrappedEnvironmentKeys forServer = grants.wrapFor(serverPair.publicKey());

      try (X25519KeyPair pair = account.x25519();
          EnvironmentKeys one =
              EnvironmentKeys.unwrap(forAccount, pair, grants.environmentIdentityKey());
          EnvironmentKeys other =
              EnvironmentKeys.unwrap(forServer, serverPair, grants.environmentIdentityKey())) {
        assertThat(one.keyDigest("A")).isEqualTo(other.keyDigest("A"));
      }
    }
  }

  @Test
  void threadsShareAClient() throws Exception {
    development().set("A", "1");
    Callable<String> reading =
        () -> {
          Environment environment = client.environment("example-app", "Development");
          environment.set("OF_" + Thread.currentThread().threadId(), "${A}");
          return environment.get("OF_" + Thread.currentThread().threadId()).value();
        };

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> result : threads.invokeAll(Collections.nCopies(16, reading))) {
        assertThat(result.get()).isEqualTo("1");
      }
    }
    assertThat(development().list()).hasSize(17);
  }

  @Test
  void appsAndTheirOwnerAreTold() {
    assertThat(client.apps()).extracting(App::name).contains("example-app");
    assertThat(client.app("example-app").environments())
        .extracting(EnvironmentInfo::name)
        .containsExactlyInAnyOrder("Development", "Staging", "Production");
    assertThat(client.app("example-app").serverCanDecrypt()).isTrue();
    assertThat(client.owner().accountId()).contains(owner.account().toString());
    assertThat(client.owner().organisationId()).isEqualTo(organisation.id().toString());
  }
}
