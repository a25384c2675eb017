package lockstep.server.secrets;

import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@ContractTest
final class SecretsConcurrencyContractTest extends SecretsContract {

  private static final int WRITERS = 32;

  /** Sends requests at the same moment; the answers in the order of the requests. */
  private static List<TestResponse> atOnce(int count, IntFunction<TestResponse> request) {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<TestResponse>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int number = i;
        futures.add(
            threads.submit(
                () -> {
                  start.await();
                  return request.apply(number);
                }));
      }
      start.countDown();
      List<TestResponse> answers = new ArrayList<>();
      for (Future<TestResponse> future : futures) {
        answers.add(future.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> statuses(List<TestResponse> answers) {
    return answers.stream().map(TestResponse::status).toList();
  }

  private static void assertOneWins(List<TestResponse> answers, int success) {
    assertThat(Collections.frequency(statuses(answers), success)).isEqualTo(1);
    answers.stream()
        .filter(answer -> answer.status() != success)
        .forEach(answer -> answer.isError(409, DUPLICATE));
  }

  @Test
  void ofManyCreatorsOfOneNameOneWins() {
    assertOneWins(
        atOnce(WRITERS, i -> owner.post(app.secrets(), body(secret("/new/folder", "K", "v" + i)))),
        201);

    assertThat(list()).hasSize(1);
  }

  @Test
  void ofManyBatchesThatShareANameOneWins() {
    assertOneWins(
        atOnce(
            WRITERS,
            i ->
                owner.post(
                    app.secrets(),
                    i % 2 == 0
                        ? body(secret("SHARED", "v"), secret("OWN" + i, "v"))
                        : body(secret("OWN" + i, "v"), secret("SHARED", "v")))),
        201);

    assertThat(list()).hasSize(2);
  }

  @Test
  void ofManyMoversToOneNameOneWins() {
    Object[] entries = IntStream.range(0, WRITERS).mapToObj(i -> secret("K" + i, "v")).toArray();
    List<String> ids = each(create(entries), "id");

    assertOneWins(
        atOnce(WRITERS, i -> owner.put(app.secrets(), body(change(ids.get(i), "key", "TARGET")))),
        200);

    assertThat(list()).hasSize(WRITERS);
    assertThat(list("key", "TARGET")).hasSize(1);
  }

  @Test
  void noUpdateIsLost() {
    String id = createOne(secret("K", "v"));

    List<TestResponse> answers =
        atOnce(
            WRITERS,
            i ->
                owner.put(
                    app.secrets(),
                    body(change(id, "value", "v" + i, "tags", List.of("t" + i, "t" + (i + 1))))));

    List<Integer> versions = new ArrayList<>();
    List<String> times = new ArrayList<>();
    for (TestResponse answer : answers) {
      JsonNode updated = answer.is(200).json().get(0);
      versions.add(updated.get("version").intValue());
      times.add(updated.get("updatedAt").stringValue());
    }
    assertThat(versions)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(2, WRITERS + 1).boxed().toList());
    assertThat(times).doesNotHaveDuplicates();
    JsonNode last = secretNamed("K");
    assertThat(last.get("version").intValue()).isEqualTo(WRITERS + 1);
    assertThat(last.get("updatedAt").stringValue()).isEqualTo(Collections.max(times));
    assertThat(environmentUpdatedAt()).isEqualTo(Collections.max(times));
  }

  @Test
  void ofManyDeletersOneWins() {
    String id = createOne(secret("K", "v"));

    List<TestResponse> answers =
        atOnce(WRITERS, i -> owner.delete(app.secrets(), Map.of("secrets", List.of(id))));

    assertThat(Collections.frequency(statuses(answers), 200)).isEqualTo(1);
    assertThat(Collections.frequency(statuses(answers), 404)).isEqualTo(WRITERS - 1);
  }

  @Test
  void updatesOfManySecretsInAnyOrderAllSucceed() {
    Object[] entries = IntStream.range(0, 8).mapToObj(i -> secret("K" + i, "v")).toArray();
    List<String> ids = each(create(entries), "id");

    List<TestResponse> answers =
        atOnce(
            WRITERS,
            i -> {
              List<String> order = new ArrayList<>(ids);
              Collections.rotate(order, i);
              if (i % 2 == 0) {
                Collections.reverse(order);
              }
              return owner.put(app.secrets(), body(order.stream().map(id -> change(id)).toArray()));
            });

    assertThat(statuses(answers)).containsOnly(200);
    list().forEach(found -> assertThat(found.get("version").intValue()).isEqualTo(WRITERS + 1));
  }

  @Test
  void newTagsInAnyOrderInManyEnvironmentsDoNotGetInEachOthersWay() {
    List<String> environments = List.of("Development", "Staging", "Production");
    List<String> tags = IntStream.range(0, 20).mapToObj(i -> "tag" + i).toList();

    List<TestResponse> answers =
        atOnce(
            12,
            i -> {
              List<String> order = new ArrayList<>(tags);
              if (i % 2 == 0) {
                Collections.reverse(order);
              }
              return owner.post(
                  app.secrets(environments.get(i % 3)),
                  body(
                      order.stream()
                          .map(tag -> secretWith("K" + i + tag, "tags", List.of(tag)))
                          .toArray()));
            });

    assertThat(statuses(answers)).containsOnly(201);
  }

  @Test
  void readersSeeABatchWholeOrNotAtAll() {
    Object[] entries = IntStream.range(0, 10).mapToObj(i -> secret("K" + i, "0")).toArray();
    List<String> ids = each(create(entries), "id");

    List<TestResponse> answers =
        atOnce(
            WRITERS,
            i ->
                i % 2 == 0
                    ? owner.put(
                        app.secrets(),
                        body(
                            ids.stream()
                                .map(id -> change(id, "value", Integer.toString(i)))
                                .toArray()))
                    : owner.get(app.secrets()));

    for (TestResponse answer : answers) {
      assertThat(each(answer.is(200).json(), "value")).hasSize(10);
      assertThat(answer.each("value").stream().distinct()).hasSize(1);
    }
  }
}
