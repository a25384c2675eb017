package lockstep.server.environmentkeys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.object;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Function;
import lockstep.crypto.ServerKey;
import lockstep.crypto.WrappedEnvironmentKeys;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Access;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.EnvironmentAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.GrantSource;
import lockstep.server.keys.ServerKeys;
import lockstep.server.keys.WrappedKeys;
import lockstep.server.store.Database;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.FailingDatabase;
import lockstep.server.testing.ForwardingDatabase;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestClient;
import lockstep.server.testing.TestResponse;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Rotations that are interrupted, and rotations while others write. */
@ContractTest
final class EnvironmentKeyRotationFaultsTest extends RotationContract {

  private static final ServerKeys SERVER_KEYS =
      ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET));
  private static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));

  private EnvironmentAccess access() {
    return new Access(server.database(), DecisionObserver.NONE)
        .keyRotation(organisation.ownerAllowed(DefaultRole.OWNER.permissions()), environment());
  }

  private static EnvironmentKeyRotation rotation(Database database, long maximumPrepared) {
    return new EnvironmentKeyRotation(
        database,
        new EnvironmentKeyring(SERVER_KEYS),
        new Audit(database, new Checkpoints(SERVER_KEYS), CLOCK),
        CLOCK,
        maximumPrepared);
  }

  /** A database in which something else happens before the transaction of a rotation begins. */
  private static final class Interrupted extends ForwardingDatabase {

    private final List<Runnable> events;

    private Interrupted(Database database, Runnable... events) {
      super(database);
      this.events = new ArrayList<>(List.of(events));
    }

    @Override
    public <T extends @Nullable Object> T writeLong(Function<DSLContext, T> work) {
      List<Runnable> now = List.copyOf(events);
      events.clear();
      now.forEach(Runnable::run);
      return super.writeLong(work);
    }
  }

  private void fill() {
    String a = create(secret("A", "1"));
    update(object("id", a, "value", "2"));
    update(object("id", a, "override", object("value", "mine", "isActive", true)));
    for (int i = 0; i < 20; i++) {
      create(secret("/folder", "K" + i, "v" + i));
    }
  }

  private void requireFilled() {
    JsonNode all = owner.get(app.secrets()).is(200).json();
    assertThat(all).hasSize(21);
    assertThat(value("A")).isEqualTo("2");
    assertThat(owner.get(app.secrets() + "&key=A").json().at("/0/override/value").stringValue())
        .isEqualTo("mine");
    TestClient client = open(owner);
    JsonNode rows = client.list();
    assertThat(rows).hasSize(21);
    for (JsonNode row : rows) {
      String key = client.decrypt(row, "key");
      assertThat(row.get("key_digest").stringValue()).isEqualTo(client.digest(key));
      assertThat(client.decrypt(row, "value"))
          .isEqualTo(key.equals("A") ? "2" : "v" + key.substring(1));
    }
    client.create(client.secret("PROBE", "p")).is(200);
    assertThat(value("PROBE")).isEqualTo("p");
    owner
        .delete(
            app.secrets(),
            Map.of(
                "secrets",
                List.of(owner.get(app.secrets() + "&key=PROBE").json().at("/0/id").stringValue())))
        .is(200);
  }

  @Test
  void whoDiesBeforeTheCommitLeavesEverythingAsItWas() {
    fill();
    String before = identityKey();
    String state = owner.get(app.secrets()).is(200).text();
    EnvironmentAccess access = access();
    try (FailingDatabase dying = new NotClosing(server.database()).dying(true)) {
      assertThatThrownBy(() -> rotation(dying, Long.MAX_VALUE).perform(access))
          .isInstanceOf(FailingDatabase.Death.class);
    }
    assertThat(identityKey()).isEqualTo(before);
    assertThat(owner.get(app.secrets()).is(200).text()).isEqualTo(state);
    requireFilled();
    rotated();
    requireFilled();
  }

  @Test
  void whoDiesAfterTheCommitLeavesTheNewState() {
    fill();
    String before = identityKey();
    EnvironmentAccess access = access();
    try (FailingDatabase dying = new NotClosing(server.database()).dying(false)) {
      assertThatThrownBy(() -> rotation(dying, Long.MAX_VALUE).perform(access))
          .isInstanceOf(FailingDatabase.Death.class);
    }
    assertThat(identityKey()).isNotEqualTo(before);
    requireFilled();
    rotated();
    requireFilled();
  }

  /** The server goes on to use the database. */
  private static final class NotClosing extends ForwardingDatabase {

    private NotClosing(Database database) {
      super(database);
    }

    FailingDatabase dying(boolean beforeCommit) {
      return new FailingDatabase(this, 0, beforeCommit);
    }

    @Override
    public void close() {}
  }

  @Test
  void whatIsTooLargeForMemoryIsEncryptedInTheTransaction() {
    fill();
    String before = identityKey();
    assertThat(rotation(server.database(), -1).perform(access()).secrets()).isEqualTo(21);
    assertThat(identityKey()).isNotEqualTo(before);
    requireFilled();
  }

  @Test
  void whatIsWrittenBetweenPreparationAndTransactionIsNotLost() {
    fill();
    String id = owner.get(app.secrets() + "&key=K3").is(200).json().at("/0/id").stringValue();
    String gone = owner.get(app.secrets() + "&key=K4").is(200).json().at("/0/id").stringValue();
    Database busy =
        new Interrupted(
            server.database(),
            () -> {
              update(object("id", id, "value", "changed"));
              update(object("id", id, "override", object("value", "own", "isActive", true)));
              owner.delete(app.secrets(), Map.of("secrets", List.of(gone))).is(200);
              create(secret("NEW", "new"));
            });

    rotation(busy, Long.MAX_VALUE).perform(access());

    assertThat(value("NEW")).isEqualTo("new");
    JsonNode changed = owner.get(app.secrets() + "&key=K3").is(200).json().get(0);
    assertThat(changed.get("value").stringValue()).isEqualTo("changed");
    assertThat(changed.at("/override/value").stringValue()).isEqualTo("own");
    String restore = app.secrets().replace("/secrets/", "/secrets/" + gone + "/restore/");
    owner.post(restore, Map.of("version", 1)).is(200);
    assertThat(value("K4")).isEqualTo("v4");
    TestClient client = open(owner);
    for (JsonNode row : client.list()) {
      assertThat(client.decrypt(row, "value")).isNotEmpty();
    }
  }

  @Test
  void theSlowerOfTwoRotationsChangesNothing() {
    fill();
    Database busy = new Interrupted(server.database(), () -> rotated());
    EnvironmentAccess access = access();
    assertThatThrownBy(() -> rotation(busy, Long.MAX_VALUE).perform(access))
        .isInstanceOf(ApiException.class)
        .hasMessage("The keys of this environment were rotated by somebody else.");
    requireFilled();
  }

  @Test
  void anAppThatWasSwitchedMeanwhileIsLeftAlone() {
    fill();
    String before = identityKey();
    Database busy = new Interrupted(server.database(), this::switchToEndToEnd);
    EnvironmentAccess access = access();
    assertThatThrownBy(() -> rotation(busy, Long.MAX_VALUE).perform(access))
        .isInstanceOf(ApiException.class);
    assertThat(identityKey()).isEqualTo(before);
  }

  @Test
  void keysThatWereWrappedBeforeARotationAreNotHandedOutAfterIt() {
    create(secret("A", "a"));
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    PreparedGrant prepared = prepareGrant(developer);
    rotated();
    prepared.give();
    organisation.list(developer, app);
    TestClient client = open(developer);
    assertThat(client.decrypt(client.list().get(0), "value")).isEqualTo("a");
  }

  /** Nobody can wrap them anew then, because the server cannot open them any more. */
  @Test
  void keysThatWereWrappedBeforeARotationAreNotHandedOutAfterASwitch() {
    create(secret("A", "a"));
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    PreparedGrant prepared = prepareGrant(developer);
    rotated();
    switchToEndToEnd();

    prepared.give();

    int held =
        server
            .database()
            .read(
                db ->
                    db.fetchCount(
                        ENVIRONMENT_KEY, ENVIRONMENT_KEY.ACCOUNT_ID.eq(developer.account())));
    assertThat(held).isZero();
  }

  /** Keys that the server has wrapped for an account, and gives it later. */
  private interface PreparedGrant {
    void give();
  }

  private PreparedGrant prepareGrant(TestCaller caller) {
    OrganisationId id = new OrganisationId(organisation.id());
    Set<EnvironmentId> environments = Set.of(EnvironmentId.parse(environment()).orElseThrow());
    Set<AccountId> accounts = Set.of(new AccountId(caller.account()));
    EnvironmentGrants grants = new EnvironmentGrants(server.database(), SERVER_KEYS, CLOCK);
    WrappedKeys prepared = grants.prepare(id, environments, accounts);
    return () ->
        server
            .database()
            .write(
                db -> {
                  AccessRevision.increment(db, id);
                  grants.give(db, id, GrantSource.INDIVIDUAL, environments, accounts, prepared);
                  return accounts;
                });
  }

  private void switchToEndToEnd() {
    owner
        .put("/v1/end-to-end/apps/" + app.id() + "/encryption/", Map.of("sseEnabled", false))
        .is(200);
  }

  @Test
  void aClientThatSleptThroughARotationAndASwitchDoesNotGiveAwayTheOldKeys() {
    TestClient before = open(owner);
    TestCaller developer = organisation.member(DefaultRole.DEVELOPER);
    rotated();
    switchToEndToEnd();
    TestClient after = open(owner);

    give(developer, before, true)
        .isError(
            409,
            "These are not the keys that the environment has. Fetch the keys again, and wrap"
                + " those.");
    give(developer, before, false)
        .isError(
            400,
            "The keys of this environment have been rotated. Say with 'identityKey' which ones are"
                + " wrapped.");
    give(developer, after, true).is(200);
    after.create(after.secret("A", "a")).is(200);
    TestClient given = open(developer);
    assertThat(given.decrypt(given.list().get(0), "value")).isEqualTo("a");
  }

  private TestResponse give(TestCaller account, TestClient from, boolean saysWhich) {
    WrappedEnvironmentKeys wrapped = from.keys().wrapFor(organisation.token(account).publicKey());
    Map<String, Object> body =
        object(
            "keys",
            List.of(
                object(
                    "accountId",
                    account.account().toString(),
                    "wrappedSeed",
                    wrapped.wrappedSeed(),
                    "wrappedSalt",
                    wrapped.wrappedSalt())));
    if (saysWhich) {
      body.put("identityKey", from.keys().identityKey());
    }
    return owner.post("/v1/end-to-end/environments/" + environment() + "/keys/", body);
  }

  /** Writers that keep on while keys change, each with secrets of its own. */
  @Test
  void noAcknowledgedWriteIsLostWhileKeysAreRotated() {
    int writers = 4;
    int rotations = 6;
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger written = new AtomicInteger();
    Map<String, String> acknowledged = new ConcurrentSkipListMap<>();
    List<CompletableFuture<?>> running = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      String name = "W" + w;
      BiFunction<String, String, Boolean> write = w % 2 == 0 ? this::overRest : this::asClient;
      running.add(
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; !done.get(); i++) {
                  String key = name + "_" + i % 5;
                  String value = "v" + i;
                  if (write.apply(key, value)) {
                    acknowledged.put(key, value);
                    written.incrementAndGet();
                  }
                }
              }));
    }
    try {
      for (int i = 0; i < rotations; i++) {
        int enough = written.get() + writers * 2;
        while (written.get() < enough
            && running.stream().noneMatch(CompletableFuture::isCompletedExceptionally)) {
          assertThat(owner.get(app.secrets()).status()).isEqualTo(200);
        }
        rotated();
      }
    } finally {
      done.set(true);
    }
    running.forEach(CompletableFuture::join);

    Map<String, String> plain = new TreeMap<>();
    owner
        .get(app.secrets())
        .is(200)
        .json()
        .forEach(row -> plain.put(row.get("key").stringValue(), row.get("value").stringValue()));
    assertThat(plain).isEqualTo(new TreeMap<>(acknowledged));
    TestClient client = open(owner);
    Map<String, String> decrypted = new TreeMap<>();
    client
        .list()
        .forEach(row -> decrypted.put(client.decrypt(row, "key"), client.decrypt(row, "value")));
    assertThat(decrypted).isEqualTo(plain);
    assertThat(acknowledged).hasSizeGreaterThan(writers);
  }

  private boolean overRest(String key, String value) {
    JsonNode found = owner.get(app.secrets() + "&key=" + key).is(200).json();
    if (found.isEmpty()) {
      owner.post(app.secrets(), body(secret(key, value))).is(201);
    } else {
      owner
          .put(app.secrets(), body(object("id", found.at("/0/id").stringValue(), "value", value)))
          .is(200);
    }
    return true;
  }

  /** A client that fetches its keys for each write; too early, when it is refused. */
  private boolean asClient(String key, String value) {
    TestClient client = open(owner);
    JsonNode found =
        owner.get(app.secrets() + "&key=" + key).is(200).json(); // Found with any keys.
    TestResponse answer =
        found.isEmpty()
            ? client.create(client.secret(key, value))
            : client.update(client.secret(key, value, "id", found.at("/0/id").stringValue()));
    assertThat(answer.status()).as(answer.text()).isIn(200, 409);
    return answer.status() == 200;
  }
}
