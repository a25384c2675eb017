package lockstep.server.environments;

import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;

/** Requests about one app that come at the same moment. */
@ContractTest
final class SimultaneousWritesContractTest extends OnBothDatabases {

  private static final int REQUESTS = 8;

  @Test
  void oneOfManyGetsTheName() throws Exception {
    String list = "/v1/environments/?app_id=" + organisation.app("app").id();
    List<Integer> statuses =
        atOnce(Collections.nCopies(REQUESTS, () -> owner.post(list, object("name", "canary"))));
    assertThat(statuses).containsOnlyOnce(201);
    assertThat(statuses).filteredOn(status -> status != 201).containsOnly(409);
    assertThat(owner.get(list).each("name")).containsOnlyOnce("canary");
  }

  @Test
  void oneOfManyIsRenamedToTheName() throws Exception {
    TestApp app =
        organisation.app(
            "app", IntStream.range(0, REQUESTS).mapToObj(i -> "e" + i).toArray(String[]::new));
    List<Callable<TestResponse>> renames = new ArrayList<>();
    for (String id : app.environments().values()) {
      renames.add(() -> owner.put("/v1/environments/" + id + "/", object("name", "canary")));
    }
    List<Integer> statuses = atOnce(renames);
    assertThat(statuses).containsOnlyOnce(200);
    assertThat(statuses).filteredOn(status -> status != 200).containsOnly(409);
  }

  @Test
  void newEnvironmentsGetDistinctIndexes() throws Exception {
    String list = "/v1/environments/?app_id=" + organisation.app("app").id();
    List<Callable<TestResponse>> creations = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String name = "e" + i;
      creations.add(() -> owner.post(list, object("name", name)));
    }
    assertThat(atOnce(creations)).containsOnly(201);
    List<Integer> indexes = new ArrayList<>();
    owner.get(list).json().get("data").forEach(one -> indexes.add(one.get("index").intValue()));
    assertThat(indexes)
        .containsExactlyElementsOf(IntStream.range(0, 3 + REQUESTS).boxed().toList());
  }

  @Test
  void oneOfManyDeletesAndNothingFailsMeanwhile() throws Exception {
    TestApp app = organisation.app("app");
    String path = "/v1/apps/" + app.id() + "/";
    List<Callable<TestResponse>> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      String name = "e" + i;
      requests.add(() -> owner.delete(path));
      requests.add(() -> owner.put(path, object("name", name)));
      requests.add(() -> owner.post("/v1/environments/?app_id=" + app.id(), object("name", name)));
      requests.add(
          () ->
              owner.put(
                  "/v1/environments/" + app.environment("Staging") + "/",
                  object("name", "r" + name)));
      requests.add(() -> owner.post(app.secrets(), TestApp.body(TestApp.secret(name, "v"))));
    }
    List<Integer> statuses = atOnce(requests);
    assertThat(statuses).containsOnlyOnce(204);
    assertThat(statuses).isSubsetOf(200, 201, 204, 404);
    owner.get(path).is(404);
  }

  private static List<Integer> atOnce(List<Callable<TestResponse>> requests) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(requests.size());
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<TestResponse>> answers = new ArrayList<>();
      for (Callable<TestResponse> request : requests) {
        answers.add(
            executor.submit(
                () -> {
                  barrier.await();
                  return request.call();
                }));
      }
      for (Future<TestResponse> answer : answers) {
        statuses.add(answer.get().status());
      }
    }
    return statuses;
  }
}
