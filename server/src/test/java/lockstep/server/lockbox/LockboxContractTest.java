package lockstep.server.lockbox;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.store.tables.Tables.LOCKBOX;
import static lockstep.server.testing.TestApp.object;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lockstep.crypto.Lockbox;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.PermissionSet;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@ContractTest
final class LockboxContractTest extends OnBothDatabases {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private TestCaller anybody() {
    return TestCaller.anonymous(server.uri());
  }

  private Map<String, Object> body(@Nullable Object expiry, @Nullable Object allowedViews) {
    Map<String, Object> body =
        object("data", MAPPER.readValue(Lockbox.seal("hello").data(), Map.class));
    if (expiry != null) {
      body.put("expiry", expiry);
    }
    if (allowedViews != null) {
      body.put("allowedViews", allowedViews);
    }
    return body;
  }

  private String share(@Nullable Object expiry, @Nullable Object allowedViews) {
    return owner.post("/v1/lockbox/", body(expiry, allowedViews)).is(201).id();
  }

  private TestResponse look(String id) {
    return anybody().get("/service/lockbox/" + id);
  }

  private TestResponse open(String id) {
    return anybody()
        .with("Content-Type", "application/json")
        .send("POST", "/service/lockbox/" + id, BodyPublishers.noBody());
  }

  private static void isEmpty(TestResponse answer, int status) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).isEmpty();
  }

  private void expire(String id) {
    server
        .database()
        .write(
            db ->
                db.update(LOCKBOX)
                    .set(LOCKBOX.EXPIRES_AT, Instant.now().minusSeconds(1))
                    .where(LOCKBOX.ID.eq(UUID.fromString(id)))
                    .execute());
  }

  private List<Optional<String>> stored(String id) {
    return server
        .database()
        .read(
            db ->
                db.select(LOCKBOX.CIPHERTEXT)
                    .from(LOCKBOX)
                    .where(LOCKBOX.ID.eq(UUID.fromString(id)))
                    .fetch(row -> Optional.ofNullable(row.value1())));
  }

  @Test
  void whoHasTheLinkReadsTheText() {
    Lockbox sealed = Lockbox.seal("the text");
    String id =
        owner
            .post("/v1/lockbox/", object("data", MAPPER.readValue(sealed.data(), Map.class)))
            .is(201)
            .id();
    TestResponse opened = open(id).is(200);
    assertThat(Lockbox.open(sealed.seed(), opened.json().get("data").toString()))
        .isEqualTo("the text");
    assertThat(opened.json().get("views").intValue()).isEqualTo(1);
    assertThat(opened.json().get("allowedViews").isNull()).isTrue();
    assertThat(opened.json().get("expiresAt").isNull()).isTrue();
    assertThat(opened.json().propertyNames())
        .containsExactlyInAnyOrder("id", "data", "views", "allowedViews", "expiresAt", "createdAt");
  }

  @Test
  void lookingShowsNoTextAndTakesNoView() {
    long expiry = Instant.now().plus(Duration.ofHours(1)).toEpochMilli();
    String id = share(expiry, 1);
    for (int i = 0; i < 3; i++) {
      TestResponse seen = look(id).is(200);
      assertThat(seen.json().propertyNames())
          .containsExactlyInAnyOrder("id", "views", "allowedViews", "expiresAt", "createdAt");
      assertThat(seen.json().get("views").intValue()).isZero();
      assertThat(seen.json().get("allowedViews").intValue()).isEqualTo(1);
      assertThat(Instant.parse(seen.json().get("expiresAt").stringValue()).toEpochMilli())
          .isEqualTo(expiry);
    }
    open(id).is(200);
  }

  @Test
  void theLastViewErasesTheText() {
    String id = share(null, 2);
    open(id).is(200);
    assertThat(stored(id)).hasSize(1).doesNotContain(Optional.empty());
    assertThat(open(id).is(200).json().get("views").intValue()).isEqualTo(2);
    assertThat(stored(id)).containsExactly(Optional.empty());
    isEmpty(open(id), 403);
    isEmpty(look(id), 403);
    assertThat(owner.get("/v1/lockbox/").is(200).json().at("/data/0/views").intValue())
        .isEqualTo(2);
  }

  @Test
  void whatIsUnknownOrExpiredIsAnsweredWithNothing() {
    for (String id : List.of(UUID.randomUUID().toString(), "no-id", "%41", "a".repeat(500))) {
      isEmpty(look(id), 404);
      isEmpty(open(id), 404);
    }
    String first = share(Instant.now().plusSeconds(60).toEpochMilli(), null);
    expire(first);
    isEmpty(look(first), 404);
    assertThat(stored(first)).isEmpty();
    String second = share(Instant.now().plusSeconds(60).toEpochMilli(), null);
    expire(second);
    isEmpty(open(second), 404);
    assertThat(stored(second)).isEmpty();
    String third = share(Instant.now().plusSeconds(60).toEpochMilli(), null);
    expire(third);
    assertThat(owner.get("/v1/lockbox/").is(200).json().get("data")).isEmpty();
    share(null, null);
    assertThat(stored(third)).isEmpty();
  }

  @Test
  void ofManyAtOnceAsManyWinAsThereAreViews() throws Exception {
    String id = share(null, 2);
    CountDownLatch start = new CountDownLatch(1);
    List<Integer> statuses = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        answers.add(
            threads.submit(
                () -> {
                  start.await();
                  return open(id).status();
                }));
      }
      start.countDown();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get());
      }
    }
    assertThat(statuses).containsOnly(200, 403);
    assertThat(statuses.stream().filter(status -> status == 200)).hasSize(2);
  }

  @Test
  void everyWayOfWritingTheAddressWorksAndNoneRedirects() {
    String id = share(null, null);
    for (String prefix : List.of("", "/service", "/public", "/service/public")) {
      for (String end : List.of("", "/")) {
        anybody().get(prefix + "/lockbox/" + id + end).is(200);
        anybody().sendText("POST", prefix + "/lockbox/" + id + end, "not looked at").is(200);
      }
    }
    assertThat(anybody().delete("/service/lockbox/" + id).is(405).headers().firstValue("Allow"))
        .hasValue("GET, POST");
  }

  @Test
  void membersSeeAndTakeBackTheirOwnAndNobodyElses() {
    String own = share(null, 5);
    TestCaller colleague = organisation.member(DefaultRole.DEVELOPER);
    TestCaller stranger = TestOrganisation.create(server).owner();
    for (TestCaller other : List.of(colleague, stranger)) {
      assertThat(other.get("/v1/lockbox/").is(200).json().get("data")).isEmpty();
      other.delete("/v1/lockbox/" + own + "/").isError(404, "Lockbox not found.");
    }
    TestResponse listed = owner.get("/v1/lockbox/").is(200);
    assertThat(listed.each("id")).containsExactly(own);
    assertThat(listed.text()).doesNotContain("ph:v1");
    owner.delete("/v1/lockbox/" + own + "/").is(204);
    owner.delete("/v1/lockbox/" + own + "/").isError(404, "Lockbox not found.");
    isEmpty(open(own), 404);
  }

  @Test
  void whatARemovedMemberSharedIsGone() {
    TestCaller member = organisation.member(DefaultRole.DEVELOPER);
    String id = member.post("/v1/lockbox/", body(null, null)).is(201).id();
    open(id).is(200);
    owner.delete("/v1/members/" + member.account() + "/").is(204);
    assertThat(stored(id)).isEmpty();
    isEmpty(look(id), 404);
    isEmpty(open(id), 404);
  }

  @Test
  void sharingTakesAMemberWithThePermission() {
    TestCaller without = organisation.memberWith(PermissionSet.NONE);
    without
        .post("/v1/lockbox/", body(null, null))
        .isError(403, "You don't have permission to create lockboxes.");
    without.get("/v1/lockbox/").isError(403, "You don't have permission to read lockboxes.");
    without
        .delete("/v1/lockbox/" + UUID.randomUUID() + "/")
        .isError(403, "You don't have permission to delete lockboxes.");
    organisation
        .serviceAccount(DefaultRole.DEVELOPER)
        .post("/v1/lockbox/", body(null, null))
        .isError(403, "Only members have an account of their own.");
    anybody().post("/v1/lockbox/", body(null, null)).is(401);
  }

  @Test
  void whatIsNotInOrderIsRefusedByName() {
    post(object()).isError(400, "Missing required field: data");
    post(object("data", "ph:v1")).isError(400, "'data' must be an object.");
    post(object("data", object())).isError(400, "Missing required field: data.data");
    post(object("data", object("data", "ph:v1:x")))
        .isError(400, "'data.data' must be a ph:v1 ciphertext.");
    post(object("data", object("data", "x".repeat(131_073))))
        .isError(400, "'data.data' cannot exceed 131072 characters.");
    String time = "'expiry' must be a time in the next 366 days, in milliseconds since 1970.";
    long now = Instant.now().toEpochMilli();
    for (long expiry :
        List.of(-1L, 0L, now - 1, now + Duration.ofDays(367).toMillis(), Long.MAX_VALUE)) {
      post(body(expiry, null)).isError(400, time);
    }
    post(body("tomorrow", null)).isError(400, "'expiry' must be a number.");
    post(body(1.5, null)).isError(400, "'expiry' must be a number.");
    for (long views : List.of(-1L, 0L, 10_001L, Long.MAX_VALUE)) {
      post(body(null, views)).isError(400, "'allowedViews' must be from 1 to 10000.");
    }
    post(body(null, 10_000)).is(201);
    String data = Lockbox.seal("hello").data();
    owner
        .sendText(
            "POST", "/v1/lockbox/", "{\"data\":" + data + ",\"expiry\":null,\"allowedViews\":null}")
        .is(201);
  }

  private TestResponse post(Map<String, Object> body) {
    return owner.post("/v1/lockbox/", body);
  }

  @Test
  void makingOpeningAndTakingBackAreOnRecord() {
    String id = share(null, 3);
    open(id).is(200);
    look(id).is(200);
    owner.delete("/v1/lockbox/" + id + "/").is(204);
    List<String> events =
        server
            .database()
            .read(
                db ->
                    db.selectFrom(AUDIT_EVENT)
                        .where(AUDIT_EVENT.RESOURCE_ID.eq(UUID.fromString(id)))
                        .orderBy(AUDIT_EVENT.CREATED_AT, AUDIT_EVENT.ID)
                        .fetch(
                            row ->
                                row.getAction()
                                    + " by "
                                    + (row.getTokenId() == null
                                        ? row.getAccountName()
                                        : "a caller")));
    assertThat(events)
        .containsExactly(
            "create by a caller", "read by somebody with the link", "delete by a caller");
  }
}
