package lockstep.server.auth;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import lockstep.crypto.ServerKey;
import lockstep.server.ServerUnderTest;
import lockstep.server.access.Caller;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.RateLimits;
import lockstep.server.audit.Audit;
import lockstep.server.audit.Checkpoints;
import lockstep.server.audit.RefusedRequests;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.http.Access;
import lockstep.server.http.HttpEvents;
import lockstep.server.http.HttpServer;
import lockstep.server.http.HttpSettings;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;
import lockstep.server.keys.ServerKeys;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import org.junit.jupiter.api.Test;

/** Routes of identity providers, which no account's token opens. */
final class ProvisioningAdmissionTest {

  private static final HttpEvents NO_EVENTS =
      new HttpEvents() {
        @Override
        public void requestFinished(
            String method, String route, int status, Duration duration, String requestId) {}

        @Override
        public void serverFault(String requestId, Throwable fault) {}
      };

  @Test
  void theTokenOfAnAccountIsRefused() {
    Router.Builder<Caller> routes = Router.builder();
    routes.route("/account/", Access.ACCOUNT).get((call, caller) -> Reply.ok(Map.of()));
    routes.route("/provisioning/", Access.PROVISIONING).get((call, caller) -> Reply.ok(Map.of()));
    try (ServerUnderTest server = ServerUnderTest.start(Backend.SQLITE);
        TokenUses uses =
            new TokenUses(server.database(), Clock.systemUTC(), Duration.ofSeconds(5));
        HttpServer other =
            HttpServer.start(
                HttpSettings.defaults("127.0.0.1", 0),
                routes.build(),
                new CallerAdmission(
                    new Authenticator(
                        server.database(),
                        uses,
                        new RefusedStrangers(audit(server), System::nanoTime),
                        Clock.systemUTC()),
                    RateLimits.NONE,
                    new RefusedRequests(audit(server), System::nanoTime),
                    System::nanoTime),
                NO_EVENTS)) {
      TestOrganisation organisation = TestOrganisation.create(server);
      for (TestCaller account :
          new TestCaller[] {organisation.owner(), organisation.serviceAccount(DefaultRole.ADMIN)}) {
        TestCaller there = new TestCaller(other.uri(), account.account(), account.headers());

        there.get("/account/").is(200);
        there.get("/provisioning/").is(401);
      }
    }
  }

  private static Audit audit(ServerUnderTest of) {
    return new Audit(
        of.database(),
        new Checkpoints(ServerKeys.of(ServerKey.parse(ServerUnderTest.SERVER_SECRET))),
        Clock.systemUTC());
  }
}
