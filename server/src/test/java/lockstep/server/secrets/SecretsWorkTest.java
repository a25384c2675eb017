package lockstep.server.secrets;

import static lockstep.server.store.tables.Tables.ENVIRONMENT;
import static lockstep.server.testing.TestApp.body;
import static lockstep.server.testing.TestApp.secret;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Access;
import lockstep.server.access.Action;
import lockstep.server.access.AppResource;
import lockstep.server.access.Caller;
import lockstep.server.access.DecisionObserver;
import lockstep.server.access.PermissionSet;
import lockstep.server.access.SecretsAccess;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.ServerKeys;
import lockstep.server.store.Database;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.CountingDatabase;
import lockstep.server.testing.ForwardingDatabase;
import org.junit.jupiter.api.Test;

/** How much the database has to do for a request. */
@ContractTest
final class SecretsWorkTest extends SecretsContract {

  @Test
  void aFullListAnswersLocalReferencesWithoutFurtherQueries() {
    create(secret("A", "${B}${/f/C}${NOPE}"), secret("B", "b"), secret("/f", "C", "c"));
    CountingDatabase counting = new CountingDatabase(server.database());
    Secrets secrets = secrets(counting);
    SecretsAccess access = access(Action.READ);
    list(secrets, access);
    create(secret("Z", "z"));
    int few = counting.statementsOf(() -> list(secrets, access));

    create(secret("D", "${A}${B}${b}${f/C}${NOPE}${nope}${NO/PE}"), secret("E", "${A}${D}"));

    List<String> listed = new ArrayList<>();
    int many = counting.statementsOf(() -> listed.add(list(secrets, access)));
    assertThat(many).isEqualTo(few);
    assertThat(listed).singleElement().asString().contains("bc${NOPE}bbc${NOPE}${nope}${NO/PE}");
  }

  @Test
  void whatHasBeenReadBeforeTakesOneStatementAndTheEvent() {
    create(numbered(20));
    CountingDatabase counting = new CountingDatabase(server.database());
    Secrets secrets = secrets(counting);
    SecretsAccess access = access(Action.READ);
    list(secrets, access);

    // The event is stored with statements that are not counted, being no jOOQ's.
    assertThat(counting.statementsOf(() -> list(secrets, access))).isEqualTo(1);
  }

  private static String list(Secrets secrets, SecretsAccess access) {
    SecretFilter all = new SecretFilter(Optional.empty(), Optional.empty(), Optional.empty());
    Listed listed = secrets.list(access, all, tag -> false);
    listed.condition().toCompletableFuture().join();
    try (Opened json = listed.json().orElseThrow()) {
      return new String(json.bytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void deletingManyTakesNoMoreStatementsThanDeletingFew() {
    List<String> ids = each(create(numbered(400)), "id");
    CountingDatabase counting = new CountingDatabase(server.database());
    Secrets secrets = secrets(counting);
    SecretsAccess access = access(Action.DELETE);

    int few =
        counting.statementsOf(() -> secrets.delete(access, new LinkedHashSet<>(ids.subList(0, 2))));
    int many =
        counting.statementsOf(
            () -> secrets.delete(access, new LinkedHashSet<>(ids.subList(2, 400))));

    assertThat(many).isEqualTo(few);
    assertThat(list()).isEmpty();
  }

  @Test
  void renamingAndUntaggingManyTakesNoMoreStatementsThanFew() {
    Object[] tagged =
        IntStream.range(0, 100)
            .mapToObj(i -> secretWith("K" + i, "tags", List.of("t")))
            .toArray(Object[]::new);
    List<UUID> ids = each(create(tagged), "id").stream().map(UUID::fromString).toList();
    CountingDatabase counting = new CountingDatabase(server.database());
    Secrets secrets = secrets(counting);
    SecretsAccess access = access(Action.UPDATE);

    int few = counting.statementsOf(() -> secrets.update(access, renamings(ids.subList(0, 2))));
    int many = counting.statementsOf(() -> secrets.update(access, renamings(ids.subList(2, 100))));

    assertThat(many).isEqualTo(few);
    assertThat(list()).allSatisfy(secret -> assertThat(secret.get("tags")).isEmpty());
    assertThat(each(list(), "key")).allMatch(key -> key.startsWith("MOVED"));
  }

  @Test
  void manyNewTagsTakeNoMoreStatementsThanFew() {
    CountingDatabase counting = new CountingDatabase(server.database());
    Secrets secrets = secrets(counting);
    SecretsAccess access = access(Action.CREATE);
    List<NewSecret> little = tagged("A", 2);
    List<NewSecret> much = tagged("B", 100);

    int few = counting.statementsOf(() -> secrets.create(access, little));
    int many = counting.statementsOf(() -> secrets.create(access, much));

    assertThat(many).isEqualTo(few);
    assertThat(secretNamed("B").get("tags")).hasSize(100);
  }

  private static List<NewSecret> tagged(String key, int tags) {
    List<String> names = IntStream.range(0, tags).mapToObj(i -> key + i).toList();
    return SecretBodies.newSecrets(
        lockstep.server.http.Json.parse(
            lockstep.server.http.Json.write(body(secretWith(key, "tags", names)))));
  }

  private static List<SecretChange> renamings(List<UUID> ids) {
    return ids.stream()
        .map(
            id ->
                new SecretChange(
                    id.toString(),
                    Optional.of(id),
                    Optional.of("MOVED" + id),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(List.of()),
                    Optional.empty()))
        .toList();
  }

  @Test
  void aWriteIsAnsweredEvenIfTheEnvironmentVanishesRightAfterIt() {
    Secrets secrets = secrets(new Vanishing(server.database()));
    List<NewSecret> wanted =
        SecretBodies.newSecrets(
            lockstep.server.http.Json.parse(
                lockstep.server.http.Json.write(body(secret("K", "v"), secret("L", "${K}")))));

    List<SecretObject> created = secrets.create(access(Action.CREATE), wanted);

    assertThat(created.stream().map(SecretObject::key)).containsExactly("K", "L");
    assertThat(created.stream().map(SecretObject::value)).containsExactly("v", "${K}");
  }

  private static Object[] numbered(int count) {
    return IntStream.range(0, count).mapToObj(i -> secret("K" + i, "v")).toArray(Object[]::new);
  }

  private Secrets secrets(Database database) {
    Clock clock = Clock.systemUTC();
    ServerKey key = ServerKey.parse(ServerUnderTest.SERVER_SECRET);
    EnvironmentKeyring keyring = new EnvironmentKeyring(ServerKeys.of(key));
    return new Secrets(
        database,
        keyring,
        new SecretSnapshots(keyring),
        new Access(database, DecisionObserver.NONE),
        new Audit(database, new Checkpoints(ServerKeys.of(key)), clock),
        clock);
  }

  private SecretsAccess access(Action action) {
    Caller caller =
        organisation.ownerAllowed(
            new PermissionSet(Map.of(), Map.of(AppResource.SECRETS, EnumSet.allOf(Action.class))));
    return new Access(server.database(), DecisionObserver.NONE)
        .secrets(caller, Optional.of(app.id()), Optional.of("Development"), action);
  }

  /** Deletes the environment as soon as something was written. */
  private final class Vanishing extends ForwardingDatabase {

    Vanishing(Database database) {
      super(database);
    }

    @Override
    public <T extends @org.jspecify.annotations.Nullable Object> T write(
        java.util.function.Function<org.jooq.DSLContext, T> work) {
      T result = super.write(work);
      super.write(
          db ->
              db.deleteFrom(ENVIRONMENT)
                  .where(ENVIRONMENT.ID.eq(UUID.fromString(app.environment("Development"))))
                  .execute());
      return result;
    }

    @Override
    public <T extends @org.jspecify.annotations.Nullable Object> T writeLong(
        java.util.function.Function<org.jooq.DSLContext, T> work) {
      return write(work);
    }
  }
}
