package lockstep.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AppId;
import lockstep.server.ids.EnvironmentId;
import lockstep.server.store.Database;
import lockstep.server.store.Databases;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever {@link Access} is asked, its observer hears of it once. What counts decisions, such as
 * the test that a request takes one, can rely on that.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
final class DecisionObserverTest {

  @TempDir private static Path folder;
  private static Database database;

  private final Caller caller = Callers.of(AccountKind.MEMBER);
  private final List<Caller> observed = new ArrayList<>();

  @BeforeAll
  static void open() {
    database = Databases.embedded(folder);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  static Stream<Method> decisions() {
    return Arrays.stream(Access.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        // The mutation check knows them by their place in this order.
        .sorted(Comparator.comparing(Method::toString));
  }

  @ParameterizedTest
  @MethodSource("decisions")
  void everyDecisionIsObservedOnce(Method decision) {
    Access access = new Access(database, observed::add);
    database.read(
        db -> {
          ask(access, decision, db);
          return observed;
        });
    assertThat(observed).containsExactly(caller);
  }

  private void ask(Access access, Method decision, DSLContext db) {
    Object[] arguments =
        Arrays.stream(decision.getParameterTypes()).map(type -> argument(type, db)).toArray();
    try {
      decision.invoke(access, arguments);
    } catch (InvocationTargetException refused) {
      assertThat(refused).hasCauseInstanceOf(ApiException.class);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private Object argument(Class<?> type, DSLContext db) {
    AppId app = new AppId(UUID.randomUUID());
    EnvironmentId environment = new EnvironmentId(UUID.randomUUID());
    List<Object> all =
        List.of(
            caller,
            db,
            environment,
            "no-id",
            Optional.of("no-id"),
            List.of("no-id"),
            Action.READ,
            OrganisationResource.APPS,
            new EnvironmentAccess(caller, app, environment),
            new SecretsAccess(caller, app, environment, Action.READ));
    return all.stream().filter(type::isInstance).findFirst().orElseThrow();
  }
}
