package lockstep.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import lockstep.server.Lockstep;
import lockstep.server.ServerUnderTest;
import lockstep.server.http.RawClient;
import lockstep.server.testing.ContractTest;
import lockstep.server.testing.OnBothDatabases;
import lockstep.server.testing.TestCaller;
import org.junit.jupiter.api.Test;

@ContractTest
final class HealthContractTest extends OnBothDatabases {

  private static final String ALIVE =
      "{\"status\":\"alive\",\"version\":\"" + Lockstep.version() + "\"}";

  @Test
  void theServerSaysThatItIsAliveAndItsVersion() {
    assertThat(Lockstep.version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
    assertThat(anonymous().get("/health/").is(200).text()).isEqualTo(ALIVE);
  }

  @Test
  void theRootPointsToTheDocumentation() {
    assertThat(anonymous().get("/").is(200).text())
        .isEqualTo(
            "{\"message\":\"API is alive. Please see https://docs.phase.dev/public-api for"
                + " documentation on available endpoints.\",\"status\":\"ok\"}");
  }

  @Test
  void readinessMeansThatTheDatabaseWorks() {
    assertThat(anonymous().get("/health/ready/").is(200).text())
        .isEqualTo("{\"status\":\"ready\"}");
  }

  @Test
  void aServerWithoutItsDatabaseIsAliveButNotReady() {
    try (ServerUnderTest broken = ServerUnderTest.start(backend)) {
      broken.database().close();
      TestCaller anonymous = TestCaller.anonymous(broken.uri());
      assertThat(anonymous.get("/health/").is(200).text()).isEqualTo(ALIVE);
      anonymous
          .get("/health/ready/")
          .isError(503, "The database cannot be read and written right now.");
      assertThat(anonymous.get("/health/ready/").headers().firstValue("Retry-After")).hasValue("1");
    }
  }

  @Test
  void credentialsDoNotMatter() {
    for (String path : List.of("/", "/health/", "/health/ready/")) {
      anonymous().with("Authorization", "nonsense").get(path).is(200);
      owner.get(path).is(200);
    }
  }

  @Test
  void anyHostHeaderIsServed() {
    for (String host : List.of("example.test", "10.0.0.1:8080", "[::1]:9", "a.b.c.d.e", "x_y")) {
      try (RawClient client = new RawClient(server.uri().getPort())) {
        client.send("GET /health/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        assertThat(client.receive().summary()).as(host).isEqualTo("200 " + ALIVE);
      }
    }
  }

  @Test
  void olderClientsWithoutAHostHeaderAreServed() {
    try (RawClient client = new RawClient(server.uri().getPort())) {
      client.send("GET /health/ HTTP/1.0\r\n\r\n");
      assertThat(client.receive().status()).isEqualTo(200);
    }
  }

  private TestCaller anonymous() {
    return TestCaller.anonymous(server.uri());
  }
}
