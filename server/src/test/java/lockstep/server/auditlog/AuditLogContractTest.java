package lockstep.server.auditlog;

import static lockstep.server.store.tables.Tables.AUDIT_EVENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static lockstep.server.testing.TestCaller.encoded;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.access.PermissionSet;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.Checkpoints;
import lockstep.server.audit.StoredEvent;
import lockstep.server.keys.ServerKeys;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code /v1/audit/}. */
@ContractTest
final class AuditLogContractTest extends OnBothDatabases {

  private static final String EVENTS = "/v1/audit/events/";
  private static final String CHAIN = "/v1/audit/chain/";

  private static List<Long> numbers(JsonNode page) {
    List<Long> numbers = new ArrayList<>();
    page.get("data").forEach(event -> numbers.add(event.get("sequence").longValue()));
    return numbers;
  }

  private static List<Long> downFrom(long first, long last) {
    return LongStream.rangeClosed(last, first).map(i -> first + last - i).boxed().toList();
  }

  private JsonNode events(String query) {
    return owner.get(EVENTS + query).is(200).json();
  }

  private long newest() {
    return server
        .database()
        .read(
            db ->
                db.select(DSL.max(AUDIT_EVENT.SEQUENCE))
                    .from(AUDIT_EVENT)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .fetchSingle()
                    .value1());
  }

  @Test
  void anEventSaysWhoDidWhatToWhatFromWhere() {
    TestApp app = organisation.app("shop");
    TestCaller agent = owner.with("User-Agent", "agent/1");
    String id = agent.post(app.secrets(), body(secret("A", "hidden"))).is(201).id();

    JsonNode event = events("?limit=1").get("data").get(0);

    assertThat(event.get("organisationId").stringValue()).isEqualTo(organisation.id().toString());
    assertThat(event.get("action").stringValue()).isEqualTo("create");
    assertThat(event.get("resourceType").stringValue()).isEqualTo("secret");
    assertThat(event.get("environmentId").stringValue()).isEqualTo(app.environment("Development"));
    JsonNode account = event.get("account");
    assertThat(account.get("id").stringValue()).isEqualTo(owner.account().toString());
    assertThat(account.get("kind").stringValue()).isEqualTo("member");
    assertThat(account.get("name").stringValue()).contains("@");
    assertThat(event.get("tokenId").isString()).isTrue();
    assertThat(event.get("clientAddress").stringValue()).isEqualTo("127.0.0.1");
    assertThat(event.get("userAgent").stringValue()).isEqualTo("agent/1");
    assertThat(event.get("requestId").stringValue()).isNotEmpty();
    assertThat(event.get("details").toString()).contains(id).doesNotContain("hidden");
    assertThat(event.get("previousHash").stringValue()).hasSize(64);
    assertThat(event.get("hash").stringValue()).hasSize(64);
    assertThat(event.get("checkpoint").isNull()).isTrue();
  }

  @Test
  void eachFilterLetsThroughWhatItNames() {
    TestApp app = organisation.app("shop");
    TestApp other = organisation.app("other");
    TestCaller admin = organisation.member(DefaultRole.ADMIN);
    owner.post(app.secrets(), body(secret("A", "1"))).is(201);
    owner.get(app.secrets()).is(200);
    owner.get(other.secrets()).is(200);
    admin.post("/v1/teams/", Map.of("name", "team")).is(201);
    String role = owner.get("/v1/roles/").is(200).each("id").getFirst();
    List<JsonNode> all = new ArrayList<>();
    events("?limit=1000").get("data").forEach(all::add);
    JsonNode middle = all.get(all.size() / 2);

    for (Filter filter :
        List.of(
            new Filter("account_id=" + admin.account(), "/account/id", admin.account().toString()),
            new Filter("accountId=" + owner.account(), "/account/id", owner.account().toString()),
            new Filter("action=read", "/action", "read"),
            new Filter("action=create", "/action", "create"),
            new Filter("resource_type=secret", "/resourceType", "secret"),
            new Filter("resource_type=team", "/resourceType", "team"),
            new Filter("resource_id=" + app.id(), "/resourceId", app.id()),
            new Filter(
                "environment_id=" + app.environment("Development"),
                "/environmentId",
                app.environment("Development")))) {
      List<Long> expected =
          all.stream()
              .filter(event -> event.at(filter.pointer()).asString("").equals(filter.value()))
              .map(event -> event.get("sequence").longValue())
              .toList();
      assertThat(expected).as(filter.query()).isNotEmpty();
      String until = "&to=" + encoded(all.getFirst().get("createdAt").stringValue());
      List<Long> withoutFirst =
          expected.stream().filter(n -> n != all.getFirst().get("sequence").longValue()).toList();
      assertThat(numbers(events("?limit=1000&" + filter.query() + until)))
          .as(filter.query())
          .isEqualTo(withoutFirst);
    }
    String time = middle.get("createdAt").stringValue();
    List<Long> since = numbers(events("?limit=1000&from=" + time));
    List<Long> before = numbers(events("?limit=1000&to=" + time));
    assertThat(since).contains(middle.get("sequence").longValue());
    assertThat(before).doesNotContain(middle.get("sequence").longValue()).isNotEmpty();
    assertThat(events("?resource_id=" + role).get("data").size()).isZero();
    assertThat(
            numbers(
                events(
                    "?action=create&resource_type=secret&account_id="
                        + owner.account()
                        + "&environment_id="
                        + app.environment("Development"))))
        .hasSize(1);
  }

  private record Filter(String query, String pointer, String value) {}

  @Test
  void aCursorGoesOnWhereAPageEndedWhateverIsRecordedMeanwhile() {
    TestApp app = organisation.app("shop");
    for (int i = 0; i < 7; i++) {
      owner.get(app.secrets()).is(200);
    }
    long newest = newest();
    List<Long> seen = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = events("?limit=3" + cursor);
      assertThat(page.get("data").size()).isLessThanOrEqualTo(3);
      seen.addAll(numbers(page));
      owner.get(app.secrets()).is(200);
      JsonNode next = page.get("nextCursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.stringValue();
    } while (!cursor.isEmpty());
    assertThat(seen).isEqualTo(downFrom(newest, 1));
  }

  @Test
  void aPageHasNoNextOneWhenExactlyTheLimitIsLeft() {
    organisation.app("shop");
    int count = (int) newest();
    assertThat(events("?limit=" + count + "&to=" + encoded(future())).get("nextCursor").isNull())
        .isTrue();
    // The request before was recorded, too.
    assertThat(events("?limit=" + count).get("nextCursor").isNull()).isFalse();
  }

  private static String future() {
    return Instant.now().plusSeconds(3_600).toString();
  }

  @Test
  void theChainIsReadFromItsBeginningWithoutAGap() {
    TestApp app = organisation.app("shop");
    owner.get(app.secrets()).is(200);
    long newest = newest();
    List<Long> seen = new ArrayList<>();
    List<String> hashes = new ArrayList<>();
    List<String> previous = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = owner.get(CHAIN + "?limit=3" + cursor).is(200).json();
      seen.addAll(numbers(page));
      page.get("data")
          .forEach(
              event -> {
                hashes.add(event.get("hash").stringValue());
                previous.add(event.get("previousHash").stringValue());
              });
      JsonNode next = page.get("nextCursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.stringValue();
    } while (!cursor.isEmpty());
    assertThat(seen).isEqualTo(LongStream.rangeClosed(1, seen.size()).boxed().toList());
    assertThat(seen.size()).isGreaterThanOrEqualTo((int) newest);
    assertThat(previous.subList(1, previous.size()))
        .isEqualTo(hashes.subList(0, hashes.size() - 1));
    assertThat(numbers(owner.get(CHAIN + "?cursor=" + (newest - 1)).is(200).json()))
        .startsWith(newest);
  }

  @Test
  void readingTheLogIsOnRecord() {
    organisation.app("shop");
    events("?action=create&account_id=" + owner.account());
    JsonNode event = events("?limit=1").get("data").get(0);
    assertThat(event.get("action").stringValue()).isEqualTo("read");
    assertThat(event.get("resourceType").stringValue()).isEqualTo("audit_log");
    JsonNode details = event.get("details");
    assertThat(details.get("action").stringValue()).isEqualTo("create");
    assertThat(details.get("accountId").stringValue()).isEqualTo(owner.account().toString());
    assertThat(details.get("count").intValue()).isPositive();

    long before = newest();
    owner.get(CHAIN).is(200);
    assertThat(newest()).isEqualTo(before + 1);
  }

  @Test
  void eventsOfOtherOrganisationsAreNotThere() {
    TestOrganisation foreign = TestOrganisation.create(server);
    TestApp app = foreign.app("secret-project");
    foreign.owner().get(app.secrets()).is(200);
    organisation.app("shop");
    for (String query :
        List.of(
            "account_id=" + foreign.owner().account(),
            "resource_id=" + app.id(),
            "environment_id=" + app.environment("Development"))) {
      assertThat(foreign.owner().get(EVENTS + "?" + query).is(200).json().get("data").size())
          .isPositive();
      assertThat(events("?" + query).get("data").size()).as(query).isZero();
    }
    String cursor =
        foreign.owner().get(EVENTS + "?limit=1").is(200).json().get("nextCursor").stringValue();
    for (String path : List.of(EVENTS, EVENTS + "?cursor=" + cursor, CHAIN)) {
      owner
          .get(path)
          .is(200)
          .json()
          .get("data")
          .forEach(
              event ->
                  assertThat(event.get("organisationId").stringValue())
                      .isEqualTo(organisation.id().toString()));
    }
  }

  @Test
  void onlyWhoMayReadLogsReadsThem() {
    TestCaller reader =
        organisation.memberWith(
            new PermissionSet(
                Map.of(OrganisationResource.LOGS, EnumSet.of(Action.READ)), Map.of()));
    TestCaller account = organisation.serviceAccount(DefaultRole.SERVICE);
    TestCaller nothing = organisation.memberWith(PermissionSet.NONE);
    for (String path : List.of(EVENTS, CHAIN)) {
      reader.get(path).is(200);
      account.get(path).is(403);
      nothing.get(path).isError(403, "You don't have permission to read logs.");
      nothing.get(path + "?limit=x").is(403);
      TestCaller.anonymous(server.uri()).get(path).is(401);
      organisation
          .serviceToken(organisation.app("a" + path.length()), "Development")
          .get(path)
          .is(401);
    }
  }

  @Test
  void anIllegalParameterIsNamed() {
    for (String name : List.of("account_id", "resource_id", "environment_id")) {
      for (String value : List.of("x", "1-2-3-4-5", owner.account() + "0", "%27or%271")) {
        owner.get(EVENTS + "?" + name + "=" + value).isError(400, "'" + name + "' must be an id");
      }
    }
    owner
        .get(EVENTS + "?action=steal")
        .isError(400, "'action' must be one of create, read, update, delete, access, refuse");
    assertThat(owner.get(EVENTS + "?resource_type=Secret").is(400).text())
        .contains("'resource_type' must be one of organisation, app, env, secret, ");
    for (String name : List.of("from", "to")) {
      for (String value :
          List.of("yesterday", "2026-02-03", "1969-12-31T23:59:59Z", "%2B10000-01-01T00:00:00Z")) {
        owner
            .get(EVENTS + "?" + name + "=" + value)
            .isError(400, "'" + name + "' must be a time such as 2026-02-03T04:05:06Z");
      }
    }
    for (String path : List.of(EVENTS, CHAIN)) {
      for (String value : List.of("0", "-1", "1001", "99999", "100000000000", "1e2", "x")) {
        owner.get(path + "?limit=" + value).isError(400, "'limit' must be from 1 to 1000");
      }
      owner.get(path + "?limit=1000").is(200);
      for (String value :
          List.of("x", "-", "1-", "-1", "1-2-3", "99999999999999999999-1", "1-1%27")) {
        owner.get(path + "?cursor=" + value).isError(400, "Invalid cursor");
      }
    }
    owner.get(EVENTS + "?cursor=9999999999999999-999999999999999999").is(200);
    owner.get(CHAIN + "?cursor=999999999999999999").is(200);
  }

  @Test
  void aPageLooksAtSoManyEventsAndGoesOnFromThere() {
    TestApp app = organisation.app("shop");
    TestCaller rare = organisation.member(DefaultRole.ADMIN);
    rare.get("/v1/audit/events/?limit=1").is(200);
    for (int i = 0; i < 25; i++) {
      owner.get(app.secrets()).is(200);
    }
    AuditLog log =
        new AuditLog(
            server.database(), new Audit(server.database(), checkpoints(), Clock.systemUTC()), 10);
    EventFilter filter =
        new EventFilter(
            Optional.of(rare.account()),
            Optional.of(AuditAction.READ),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    EventFilter reads =
        new EventFilter(
            Optional.empty(),
            Optional.of(AuditAction.READ),
            Optional.empty(),
            Optional.empty(),
            Optional.of(UUID.fromString(app.environment("Development"))),
            Optional.empty(),
            Optional.of(Instant.now()));
    assertThat(log.events(granted(), filter, Optional.empty(), 5).data()).hasSize(1);

    List<Long> found = new ArrayList<>();
    int pages = 0;
    Optional<String> cursor = Optional.empty();
    do {
      EventPage page = log.events(granted(), reads, cursor, 100);
      assertThat(page.data()).hasSizeLessThanOrEqualTo(10);
      page.data().stream().map(StoredEvent::sequence).forEach(found::add);
      cursor = Optional.ofNullable(page.nextCursor());
      pages++;
    } while (cursor.isPresent());
    assertThat(pages).isGreaterThanOrEqualTo(3);
    assertThat(found).hasSize(25).doesNotHaveDuplicates();
  }

  /** Whatever shares rows: a list is by time, and its pages have each event once. */
  @Test
  void eventsThatShareRowsAreListedByTimeAndEachOnce() {
    OrganisationAccess access = granted();
    UUID one = UUID.randomUUID();
    UUID other = UUID.randomUUID();
    Instant begin = Instant.parse("2026-02-03T04:05:06Z");
    List<Instant> times = new ArrayList<>();
    append(access, one, IntStream.range(0, 6).mapToObj(i -> begin.plusMillis(4L * i)), times);
    append(access, other, IntStream.range(0, 6).mapToObj(i -> begin.plusMillis(3L * i)), times);
    append(access, one, IntStream.range(0, 3).mapToObj(i -> begin.plusMillis(9 + i)), times);
    List<StoredEvent> all = new ArrayList<>(chain(access));
    all.sort(
        Comparator.comparing(StoredEvent::createdAt)
            .thenComparingLong(StoredEvent::sequence)
            .reversed());
    List<Optional<Instant>> ends = new ArrayList<>(List.of(Optional.empty()));
    times.stream().distinct().map(Optional::of).forEach(ends::add);
    for (Optional<UUID> resource : List.of(Optional.of(one), Optional.<UUID>empty())) {
      for (Optional<AuditAction> action :
          List.of(Optional.of(AuditAction.READ), Optional.<AuditAction>empty())) {
        for (Optional<Instant> from : ends) {
          for (Optional<Instant> to : ends) {
            EventFilter filter =
                new EventFilter(
                    Optional.empty(),
                    action,
                    Optional.empty(),
                    resource,
                    Optional.empty(),
                    from,
                    to);
            List<Long> wanted =
                all.stream()
                    .filter(event -> resource.map(id -> id.equals(event.resourceId())).orElse(true))
                    .filter(event -> action.isEmpty() || event.action().equals("read"))
                    .filter(event -> from.map(t -> !event.createdAt().isBefore(t)).orElse(true))
                    .filter(event -> to.map(t -> event.createdAt().isBefore(t)).orElse(true))
                    .map(StoredEvent::sequence)
                    .toList();
            int limit = 1 + (wanted.size() + ends.indexOf(from)) % 4;
            int examined = 1 + (wanted.size() + ends.indexOf(to)) % 3;
            assertThat(pages(access, filter, limit, examined))
                .as("%s, %d, %d", filter, limit, examined)
                .isEqualTo(wanted);
          }
        }
      }
    }
  }

  /** In rows that as many of them share as can, recorded in this order. */
  private void append(
      OrganisationAccess access, UUID resource, Stream<Instant> at, List<Instant> times) {
    List<Instant> all = at.toList();
    times.addAll(all);
    long rows = rows();
    server
        .database()
        .write(
            db -> {
              for (Instant time : all) {
                new Audit(server.database(), checkpoints(), Clock.fixed(time, ZoneOffset.UTC))
                    .record(
                        db,
                        access.caller(),
                        AuditEvent.of(
                            AuditAction.READ, AuditedResource.SECRET, resource, "", Map.of()));
              }
              return all;
            });
    assertThat(rows()).isEqualTo(rows + 1);
  }

  private long rows() {
    return server
        .database()
        .read(
            db ->
                (long)
                    db.fetchCount(AUDIT_EVENT, AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id())));
  }

  private List<StoredEvent> chain(OrganisationAccess access) {
    return server
        .database()
        .read(db -> AuditLogStore.inOrder(db, access, 0, Integer.MAX_VALUE - 1))
        .events();
  }

  private List<Long> pages(OrganisationAccess access, EventFilter filter, int limit, int examined) {
    List<Long> found = new ArrayList<>();
    Optional<EventPosition> before = Optional.empty();
    do {
      Optional<EventPosition> from = before;
      AuditLogStore.Found page =
          server
              .database()
              .read(db -> AuditLogStore.newest(db, access, filter, from, limit, examined));
      assertThat(page.events()).hasSizeLessThanOrEqualTo(limit);
      page.events().stream().map(StoredEvent::sequence).forEach(found::add);
      before = page.end();
    } while (before.isPresent());
    return found;
  }

  private static Checkpoints checkpoints() {
    return new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET)));
  }

  private OrganisationAccess granted() {
    return new Access(server.database(), DecisionObserver.NONE)
        .organisation(
            organisation.ownerAllowed(
                new PermissionSet(
                    Map.of(OrganisationResource.LOGS, EnumSet.of(Action.READ)), Map.of())),
            OrganisationResource.LOGS,
            Action.READ);
  }

  @Test
  void aPageIsCutBeforeItGetsTooLarge() {
    organisation.app("shop");
    long newest = newest();
    // As large as the event of a request that read ten thousand secrets.
    String large = "{\"secrets\":\"" + "x".repeat(3 << 20) + "\"}";
    server
        .database()
        .write(
            db ->
                db.update(AUDIT_EVENT)
                    .set(AUDIT_EVENT.DETAILS, large)
                    .where(AUDIT_EVENT.ORGANISATION_ID.eq(organisation.id()))
                    .and(
                        AUDIT_EVENT.SEQUENCE.in(
                            IntStream.rangeClosed(1, 3).boxed().map(i -> newest - i + 1).toList()))
                    .execute());
    JsonNode page = events("?limit=1000");
    assertThat(numbers(page)).isEqualTo(downFrom(newest, newest - 1));
    assertThat(numbers(events("?limit=1000&cursor=" + page.get("nextCursor").stringValue())))
        .startsWith(newest - 2);
  }
}
