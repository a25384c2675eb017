package lockstep.server.environmentkeys;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import lockstep.crypto.Ciphertext;
import lockstep.crypto.EnvironmentKeys;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.EndToEndClient;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestRotation;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code /v1/end-to-end/environments/:id/rotations/} refuses, and from whom. */
@ContractTest
final class ClientRotationRefusalsContractTest extends ClientRotationContract {

  @Test
  void anyChangeMeanwhileEndsIt() {
    fill();
    TestClient mine = open(owner);
    TestRotation reading = begin();
    mine.create(mine.secret("C", "c")).is(200);
    owner.get(reading.address()).isError(409, CHANGED);
    reading.send(object("keys", reading.keys())).isError(409, CHANGED);

    TestRotation completing = begin();
    completing.sendAll();
    open(developer)
        .update(
            object(
                "id",
                mine.list().get(0).get("id").stringValue(),
                "override",
                object("value", mine.encrypt("new"))))
        .is(200);
    completing.complete().isError(409, CHANGED);
    assertThat(identityKey()).isEqualTo(client.keys("prod").identityKey());
    assertThat(values(developer)).containsEntry("A override", "new").containsEntry("C", "c");
    rotate();
    assertThat(values(developer)).containsEntry("A override", "new").containsEntry("C", "c");
  }

  @Test
  void theSlowerOfTwoRotationsChangesNothing() {
    fill();
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    organisation.keyOf(admin, vault, client.keys("prod"), "prod");
    EnvironmentKeys before = open(owner).keys();
    TestRotation slower = TestRotation.begin(admin, before, environment());
    slower.sendAll();
    rotate();
    slower.complete().is(404);
    admin
        .post(
            TestRotation.addressOf(environment()),
            TestRotation.body(before, EnvironmentKeys.generate()))
        .isError(409, "These are not the keys that the environment has. Fetch the keys again.");
    requireAsFilled();
  }

  @Test
  void everyRowIsNeeded() {
    fill();
    TestRotation rotation = begin();
    List<Map<String, Object>> parts = rotation.parts();
    rotation.send(object("keys", rotation.keys())).is(204);
    for (Map<String, Object> part : parts) {
      part.forEach(
          (kind, rows) -> {
            List<?> all = (List<?>) rows;
            if (all.size() > 1) {
              rotation.send(object(kind, all.subList(1, all.size()))).is(204);
            }
            assertThat(rotation.complete().is(409).text()).contains("Not everything");
            // Sending a row twice does no harm.
            rotation.send(part).is(204);
          });
    }
    rotation.complete().is(200);
    requireAsFilled();
  }

  @Test
  void noOtherRowIsTaken() {
    fill();
    TestOrganisation foreign = TestOrganisation.create(server);
    TestApp theirs = foreign.app("theirs");
    String foreignId =
        foreign
            .owner()
            .post(theirs.secrets(), TestApp.body(TestApp.secret("A", "a2")))
            .is(201)
            .id();
    TestClient other =
        TestClient.open(owner, organisation.token(owner), vault.environment("other"));
    String otherId = other.createOne(other.secret("A", "a2"));
    TestRotation rotation = begin();
    List<Map<String, Object>> parts = rotation.parts();
    for (String id : List.of(foreignId, otherId, UUID.randomUUID().toString())) {
      for (String kind : List.of("secrets", "versions", "overrides")) {
        rotation
            .send(object(kind, List.of(with(row(parts, "secrets"), "id", id))))
            .isError(400, "Row " + id + " is none of this environment.");
      }
    }
    // A row of another kind is none either.
    String id = text(row(parts, "versions"), "id");
    rotation.send(object("secrets", List.of(with(row(parts, "secrets"), "id", id)))).is(400);
    rotation.send(object("secrets", List.of(row(parts, "secrets"), row(parts, "secrets")))).is(400);
  }

  @Test
  void eachTextIsACiphertextOfTheSameLength() {
    fill();
    TestRotation rotation = begin();
    List<Map<String, Object>> parts = rotation.parts();
    Map<String, Object> secret = row(parts, "secrets");
    String value = text(secret, "value");
    List<Object> wrong =
        List.of(
            "",
            "x".repeat(value.length()),
            value.substring(1),
            value + "=",
            Ciphertext.encrypt("longer than before", rotation.after().publicKey()).text());
    for (String name : List.of("key", "value", "comment")) {
      for (Object text : wrong) {
        rotation.send(object("secrets", List.of(with(secret, name, text)))).is(400);
      }
      rotation.send(object("secrets", List.of(with(secret, name, 1)))).is(400);
    }
    for (Object digest : List.of("", "x", "g".repeat(64), "a".repeat(63), 1)) {
      rotation.send(object("secrets", List.of(with(secret, "keyDigest", digest)))).is(400);
    }
    rotation
        .send(object("overrides", List.of(with(row(parts, "overrides"), "value", "x"))))
        .is(400);
    rotation.send(object("secrets", List.of("x"))).is(400);
    rotation.send(object("secrets", List.of(object("id", text(secret, "id"))))).is(400);
    rotation.send(object("secrets", List.of(with(secret, "id", "x")))).is(400);
    rotation.send(Map.of()).is(400);
    owner.get(rotation.address() + "?cursor=nowhere").isError(400, "Invalid cursor");
    owner.get(rotation.address() + "?cursor=secret:x").isError(400, "Invalid cursor");
    assertThat(staged()).isEqualTo(1);
  }

  @Test
  void twoSecretsDoNotGetOneDigest() {
    fill();
    TestClient mine = open(owner);
    mine.create(mine.secret("C", "c")).is(200);
    TestRotation rotation = begin();
    rotation.sendAll();
    List<Map<String, Object>> secrets = secrets(rotation.parts());
    Map<String, Object> first = secrets.getFirst();
    Map<String, Object> last = secrets.getLast();
    rotation
        .send(object("secrets", List.of(first, with(last, "keyDigest", text(first, "keyDigest")))))
        .is(204);
    rotation.complete().isError(400, "Two secrets cannot be found by the same 'keyDigest'.");
    // One that another has now would be met on the way.
    rotation
        .send(object("secrets", List.of(with(first, "keyDigest", mine.digest("C")), last)))
        .is(204);
    rotation.complete().isError(400, "Two secrets cannot be found by the same 'keyDigest'.");
    rotation.send(object("secrets", secrets)).is(204);
    rotation.complete().is(200);
  }

  @SuppressWarnings("unchecked") // made by TestRotation
  private static List<Map<String, Object>> secrets(List<Map<String, Object>> parts) {
    return parts.stream()
        .filter(part -> part.containsKey("secrets"))
        .flatMap(part -> ((List<Map<String, Object>>) part.get("secrets")).stream())
        .toList();
  }

  @Test
  void keysAreForExactlyThoseWhoHoldThem() {
    fill();
    TestCaller late = organisation.member(DefaultRole.DEVELOPER);
    TestRotation rotation = begin();
    rotation.parts().forEach(part -> rotation.send(part).is(204));
    List<Map<String, Object>> keys = rotation.keys();
    rotation.send(object("keys", keys.subList(0, 1))).is(204);
    JsonNode missing = rotation.complete().is(409).json();
    assertThat(missing.get("missing")).hasSize(1);
    assertThat(missing.get("unexpected")).isEmpty();
    JsonNode unexpected =
        rotation
            .send(
                object(
                    "keys", List.of(with(keys.getFirst(), "accountId", late.account().toString()))))
            .is(409)
            .json();
    assertThat(unexpected.get("unexpected").get(0).stringValue())
        .isEqualTo(late.account().toString());
    rotation.send(object("keys", List.of(with(keys.getFirst(), "wrappedSeed", "ph:v1:x")))).is(400);
    rotation.send(object("keys", keys)).is(204);
    // Somebody gets access, and somebody loses it, at the last moment.
    client.give(vault, "prod", late).is(200);
    assertThat(rotation.complete().is(409).json().get("missing").get(0).stringValue())
        .isEqualTo(late.account().toString());
    owner.delete(EndToEndClient.keysOf(vault, "prod") + late.account() + "/").is(204);
    owner.delete(EndToEndClient.keysOf(vault, "prod") + developer.account() + "/").is(204);
    assertThat(rotation.complete().is(409).json().get("unexpected").get(0).stringValue())
        .isEqualTo(developer.account().toString());
    assertThat(identityKey()).isEqualTo(client.keys("prod").identityKey());
    assertThat(values(owner)).isEqualTo(OF_OWNER);
  }

  @Test
  void itTakesPermissionsAndAKey() {
    Map<String, Object> body = TestRotation.body(client.keys("prod"), EnvironmentKeys.generate());
    String address = TestRotation.addressOf(environment());
    developer.post(address, body).isError(403, "You don't have permission to update members.");
    for (Object[] lacking :
        List.of(
            new Object[] {AppResource.ENVIRONMENTS, Action.UPDATE},
            new Object[] {AppResource.ENCRYPTION_MODE, Action.UPDATE},
            new Object[] {AppResource.SECRETS, Action.READ},
            new Object[] {OrganisationResource.MEMBERS, Action.UPDATE},
            new Object[] {OrganisationResource.SERVICE_ACCOUNTS, Action.UPDATE})) {
      TestCaller caller = organisation.memberWith(allBut(lacking[0], (Action) lacking[1]));
      organisation.keyOf(caller, vault, client.keys("prod"), "prod");
      assertThat(caller.post(address, body).status()).as("%s", lacking[0]).isEqualTo(403);
    }
    TestCaller allowed = organisation.memberWith(allBut("nothing", Action.READ));
    allowed.post(address, body).is(403);
    organisation.keyOf(allowed, vault, client.keys("prod"), "prod");
    allowed.post(address, body).is(201);
    organisation
        .member(DefaultRole.ADMIN)
        .post(address, body)
        .isError(403, "Only who has a key of this environment can rotate its keys.");
    TestApp open = organisation.app("open");
    owner
        .post(TestRotation.addressOf(open.environment("Development")), body)
        .isError(400, "SSE is enabled for this App");
    owner.post(TestRotation.addressOf(UUID.randomUUID().toString()), body).is(404);
    owner
        .post(address, TestRotation.body(client.keys("prod"), client.keys("prod")))
        .isError(400, "'newIdentityKey' must be another key than 'identityKey'.");
    owner.post(address, object("identityKey", "x", "newIdentityKey", "y")).is(400);
  }

  /** All that a role of this kind of thing takes, but for one action. */
  private static PermissionSet allBut(Object resource, Action action) {
    Map<AppResource, Set<Action>> app = new EnumMap<>(AppResource.class);
    app.put(AppResource.ENVIRONMENTS, EnumSet.of(Action.READ, Action.UPDATE));
    app.put(AppResource.ENCRYPTION_MODE, EnumSet.of(Action.READ, Action.UPDATE));
    app.put(AppResource.SECRETS, EnumSet.of(Action.READ, Action.UPDATE));
    Map<OrganisationResource, Set<Action>> all = new EnumMap<>(OrganisationResource.class);
    all.put(OrganisationResource.MEMBERS, EnumSet.of(Action.READ, Action.UPDATE));
    all.put(OrganisationResource.SERVICE_ACCOUNTS, EnumSet.of(Action.READ, Action.UPDATE));
    if (resource instanceof AppResource ofApp) {
      app.put(ofApp, without(app.getOrDefault(ofApp, Set.of()), action));
    }
    if (resource instanceof OrganisationResource ofOrganisation) {
      all.put(ofOrganisation, without(all.getOrDefault(ofOrganisation, Set.of()), action));
    }
    return new PermissionSet(all, app);
  }

  private static Set<Action> without(Set<Action> actions, Action action) {
    Set<Action> rest = EnumSet.copyOf(actions);
    rest.remove(action);
    return rest;
  }

  @Test
  void permissionsAreAskedForAgainInTheEnd() {
    fill();
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    organisation.keyOf(admin, vault, client.keys("prod"), "prod");
    TestRotation rotation = TestRotation.begin(admin, client.keys("prod"), environment());
    rotation.sendAll();
    owner
        .put(
            "/v1/members/" + admin.account() + "/",
            Map.of("role_id", organisation.role(DefaultRole.DEVELOPER).toString()))
        .is(200);
    rotation.complete().is(403);
    requireAsFilled();
  }

  @Test
  void aRotationIsItsBeginnersAlone() {
    fill();
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    organisation.keyOf(admin, vault, client.keys("prod"), "prod");
    TestRotation rotation = begin();
    admin.get(rotation.address()).isError(404, "Rotation not found");
    admin.put(rotation.address(), object("keys", rotation.keys())).is(404);
    admin.post(rotation.address(), Map.of()).is(404);
    admin.delete(rotation.address()).is(404);
    // It is one of this environment alone, too.
    owner.get(rotation.address().replace(environment(), vault.environment("other"))).is(404);
    rotation.sendAll();
    owner.delete(rotation.address()).is(204);
    assertThat(staged()).isZero();
    rotation.complete().is(404);
    requireAsFilled();
  }

  @Test
  void anAppThatWasSwitchedMeanwhileIsLeftAlone() {
    fill();
    TestRotation rotation = begin();
    rotation.sendAll();
    owner.put(EndToEndClient.encryptionOf(vault), serverKeys()).is(200);
    assertThat(rotation.complete().status()).isIn(400, 409);
    assertThat(identityKey()).isEqualTo(client.keys("prod").identityKey());
    requireAsFilled();
  }

  private Map<String, Object> serverKeys() {
    return client.serverKeys(vault);
  }
}
