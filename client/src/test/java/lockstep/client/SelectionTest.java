package lockstep.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SelectionTest extends AgainstScriptedServer {

  @Test
  void idsAreExact() {
    Environment environment = client.environment(account.appId("app"), account.id("app/dev"));

    assertThat(environment.info().name()).isEqualTo("dev");
    assertThat(environment.app().name()).isEqualTo("app");
  }

  @ParameterizedTest
  @CsvSource({"app,dev", "APP,Dev", "aPP,DEV"})
  void namesAreComparedWithoutRegardToCase(String app, String environment) {
    assertThat(client.environment(app, environment).info().id()).isEqualTo(account.id("app/dev"));
  }

  @ParameterizedTest
  @CsvSource({"ap,dev", "app,de", "app,v", "application,dev", "'',dev", "app,''", "app,' dev'"})
  void partsOfNamesDoNotCount(String app, String environment) {
    assertThatThrownBy(() -> client.environment(app, environment))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void whatThereIsInsteadIsTold() {
    account.with("app/prod-eu").with("app/prod-us").on(server);

    NotFoundException e =
        catchThrowableOfType(NotFoundException.class, () -> client.environment("app", "prod"));
    assertThat(e)
        .hasMessage("the token opens no environment 'prod'; there is dev, prod-eu, prod-us");
    assertThat(e.candidates()).containsExactly("dev", "prod-eu", "prod-us");
  }

  @Test
  void anAppWhoseNameIsNotTheOnlyOneIsAskedForById() {
    account.with("App/dev").on(server);

    NotFoundException e = catchThrowableOfType(NotFoundException.class, () -> client.app("app"));
    assertThat(e.candidates()).containsExactly(account.appId("app"), account.appId("App"));
    assertThat(client.app(account.appId("App")).name()).isEqualTo("App");
  }

  @Test
  void anIdWinsOverANameThatLooksLikeIt() {
    String id = account.appId("app");
    account.with(id + "/dev").on(server);

    assertThat(client.app(id).name()).isEqualTo("app");
  }

  @Test
  void anEnvironmentThatIsNewIsFoundAtOnce() {
    client.environment("app", "dev");
    account.secret("app/new", "K", "v").on(server);

    assertThat(client.environment("app", "new").values()).containsEntry("K", "v");
  }

  @Test
  void anEnvironmentThatIsGoneIsSaidToBe() {
    Environment environment = client.environment("app", "dev");
    server.tokens(new TestAccount().tokensJson());
    timing.pass(Duration.ofMinutes(2));

    assertThatThrownBy(environment::values)
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(account.id("app/dev"));
  }

  @Test
  void appsAndTheirEnvironmentsAreListed() {
    account.with("app/prod").with("web/dev").on(server);

    assertThat(client.apps()).extracting(App::name).containsExactly("app", "web");
    assertThat(client.app("app").environments())
        .extracting(EnvironmentInfo::name)
        .containsExactly("dev", "prod");
    assertThat(client.app("app").serverCanDecrypt()).isFalse();
    assertThat(client.owner().organisationName()).isEqualTo("org");
    assertThat(client.owner().accountId()).contains(new UUID(0, 1).toString());
  }

  @Test
  void theSessionIsNotAskedForWithEveryCall() {
    Environment environment = client.environment("app", "dev");
    environment.values();
    environment.values();
    assertThat(server.arrived()).hasSize(3);
    timing.pass(Duration.ofMinutes(1));
    environment.values();
    assertThat(server.arrived()).hasSize(5);
  }
}
