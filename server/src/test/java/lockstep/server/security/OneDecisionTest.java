package lockstep.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import lockstep.server.ServerUnderTest;
import lockstep.server.http.Access;
import lockstep.server.http.Route;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Who may do what is decided once for each request: not by nobody, and not a second time by
 * somebody who might come to another conclusion. The routes are those that the server has, and what
 * they are sent succeeds, so that nothing they do stays out of sight. One kind of database is
 * enough here.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
final class OneDecisionTest {

  /** Requests that take more than one decision: how many, and why that is right. */
  private record More(int decisions, String reason) {}

  private static final More OF_TWO_PERMISSIONS =
      new More(2, "takes the permission on policies, and that on whom they are for");

  private static final More AGAIN_IN_ITS_TRANSACTION =
      new More(3, "again where nothing can change any more, and about the account");

  private static final More FOR_ITS_ANSWER =
      new More(2, "references are followed for those alone who may read as well");

  private static final Map<String, More> MORE =
      Map.ofEntries(
          Map.entry("GET /v1/members/:id/network-policies/", OF_TWO_PERMISSIONS),
          Map.entry("PUT /v1/members/:id/network-policies/", OF_TWO_PERMISSIONS),
          Map.entry("GET /v1/service-accounts/:id/network-policies/", OF_TWO_PERMISSIONS),
          Map.entry("PUT /v1/service-accounts/:id/network-policies/", OF_TWO_PERMISSIONS),
          Map.entry(
              "GET /v1/end-to-end/environments/:id/recipients/",
              new More(2, "takes reach of the environment, and the permission to see members")),
          Map.entry("POST /v1/end-to-end/environments/:id/keys/", AGAIN_IN_ITS_TRANSACTION),
          Map.entry(
              "DELETE /v1/end-to-end/environments/:id/keys/:account_id/", AGAIN_IN_ITS_TRANSACTION),
          Map.entry(
              "POST /v1/end-to-end/environments/:id/rotations/:rotation_id/",
              new More(2, "again where nothing can change any more")),
          Map.entry(
              "POST /v1/service-accounts/",
              new More(2, "the second is about the role in the body, not about the caller")),
          Map.entry("POST /v1/secrets/", FOR_ITS_ANSWER),
          Map.entry("PUT /v1/secrets/", FOR_ITS_ANSWER));

  /** Requests here that are right in form alone, and what they would take. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "POST /v1/account/keyring/", "the owner's password",
          "PUT /v1/account/password/", "the owner's password",
          "PUT /v1/account/recovery/", "the owner's recovery phrase",
          "POST /v1/tokens/", "a token of the owner's keys",
          "POST /v1/organisation/transfer-ownership/", "an Admin",
          "GET /v1/environments/:id/history/", "a time",
          "GET /v1/environments/:id/history/diff/", "two times",
          "POST /v1/end-to-end/environments/:id/rotations/:rotation_id/", "new keys");

  /** After these others would fail, so that they get an organisation each. */
  private static final Set<String> ON_THEIR_OWN =
      Set.of(
          "POST /v1/environments/:id/history/rollback/",
          "PUT /v1/end-to-end/apps/:id/encryption/",
          "POST /v1/end-to-end/environments/:id/rotations/",
          "POST /v1/organisation/transfer-ownership/");

  private static final AtomicInteger DECISIONS = new AtomicInteger();

  private static ServerUnderTest server;

  private final Map<String, String> mismatches = new LinkedHashMap<>();
  private final List<String> tried = new ArrayList<>();

  @BeforeAll
  static void start() {
    server = ServerUnderTest.start(Backend.SQLITE, Map.of(), caller -> DECISIONS.incrementAndGet());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void everyRequestThatSucceedsIsDecidedOnce() {
    MatrixWorld world = new MatrixWorld(server);
    Map<String, List<Supplier<TestResponse>>> writes = writes();
    ON_THEIR_OWN.forEach(name -> writes.put(name, writes().get(name)));
    everyRequest(
        (template, method) -> {
          String name = method + " " + template;
          List<Supplier<TestResponse>> requests =
              writes.getOrDefault(
                  name, List.of(request(world, MatrixCaller.OWNER, template, method)));
          for (Supplier<TestResponse> request : requests) {
            int decisions = MORE.containsKey(name) ? MORE.get(name).decisions() : 1;
            TestResponse answer = expect(name, decisions, decisions, request);
            if (answer.status() < 300 == REFUSED.containsKey(name)) {
              mismatches.put(name, "answer " + answer);
            }
          }
        });
  }

  @Test
  void everyRefusalIsDecidedOnce() {
    MatrixWorld world = new MatrixWorld(server);
    everyRequest(
        (template, method) -> {
          String name = method + " " + template;
          int most = MORE.containsKey(name) ? MORE.get(name).decisions() : 1;
          expect(name, 1, most, request(world, MatrixCaller.MEMBER_WITH_NOTHING, template, method));
        });
  }

  private void everyRequest(BiConsumer<String, String> test) {
    for (Route route : server.routes()) {
      if (route.access() != Access.PUBLIC) {
        route.methods().forEach(method -> test.accept(route.template(), method));
      }
    }
    assertThat(mismatches).isEmpty();
    assertThat(tried).containsAll(MORE.keySet()).containsAll(REFUSED.keySet());
  }

  private TestResponse expect(String name, int least, int most, Supplier<TestResponse> request) {
    int before = DECISIONS.get();
    TestResponse answer = request.get();
    int decisions = DECISIONS.get() - before;
    tried.add(name);
    if (decisions < least || decisions > most) {
      mismatches.put(name, decisions + " decisions");
    }
    return answer;
  }

  /** As the matrix asks, of what the caller reaches. Puts together what the request needs first. */
  private static Supplier<TestResponse> request(
      MatrixWorld world, MatrixCaller caller, String template, String method) {
    MatrixModel.Entry entry = Objects.requireNonNull(MatrixModel.ROUTES.get(template));
    MatrixTarget target =
        entry.targets().contains(MatrixTarget.REACHABLE)
            ? MatrixTarget.REACHABLE
            : entry.targets().getFirst();
    boolean isAllowed = entry.expected(template, caller, method, target) == MatrixDecision.ALLOWED;
    MatrixRequest request = new MatrixRequest(world, caller, template, method, target, isAllowed);
    String address = request.address();
    return () -> request.sender().sendText(method, address, request.body());
  }

  private static Map<String, List<Supplier<TestResponse>>> writes() {
    TestOrganisation organisation = TestOrganisation.create(server);
    TestCaller owner = organisation.owner();
    World world = World.in(organisation);
    TestApp app = organisation.app("app");
    Writes writes =
        new Writes(
            organisation,
            world,
            app,
            owner.post(app.secrets(), TestApp.body(TestApp.secret("K", "v"))).is(201).id());
    Map<String, List<Supplier<TestResponse>>> requests = new LinkedHashMap<>();
    writes
        .legalBodies()
        .forEach(
            (name, bodies) -> {
              String method = name.substring(0, name.indexOf(' '));
              String address = Objects.requireNonNull(writes.addresses().get(name));
              List<Supplier<TestResponse>> all = new ArrayList<>();
              bodies.forEach(
                  body ->
                      all.add(() -> send(owner, method, address, withItsOwnName(method, body))));
              requests.put(name, all);
            });
    TestClient client =
        TestClient.open(owner, organisation.token(owner), app.environment("Development"));
    String sealed = client.createOne(client.secret("SEALED", "s"));
    requests.put("POST /secrets/", List.of(() -> client.create(client.secret("B", "b"))));
    requests.put(
        "PUT /secrets/", List.of(() -> client.update(client.secret("SEALED", "t", "id", sealed))));
    requests.put("DELETE /secrets/", List.of(() -> client.delete(sealed)));
    return requests;
  }

  /** What has been created by then has the name that the body would change to. */
  private static Map<String, Object> withItsOwnName(String method, Map<String, Object> body) {
    return method.equals("PUT") && body.containsKey("name")
        ? Writes.with(body, "name", "renamed")
        : body;
  }

  private static TestResponse send(
      TestCaller caller, String method, String address, Map<String, Object> body) {
    return switch (method) {
      case "POST" -> caller.post(address, body);
      case "PUT" -> caller.put(address, body);
      default -> caller.delete(address, body);
    };
  }
}
