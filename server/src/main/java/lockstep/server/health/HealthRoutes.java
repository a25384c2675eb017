package lockstep.server.health;

import java.util.LinkedHashMap;
import java.util.Map;
import lockstep.server.access.Caller;
import lockstep.server.http.Call;
import lockstep.server.http.Reply;
import lockstep.server.http.Router;

/** {@code /}, {@code /health/} and {@code /health/ready/}, for everybody. */
public final class HealthRoutes {

  private final String version;
  private final Readiness readiness;

  /** Answers for a server of this version. */
  public HealthRoutes(String version, Readiness readiness) {
    this.version = version;
    this.readiness = readiness;
  }

  /** Adds the routes. */
  public void addTo(Router.Builder<Caller> router) {
    router.publicRoute("/").get(this::root);
    // Who is told that a busy server is dead starts it anew, and it is as busy as before.
    router.publicRoute("/health/").get(this::alive).evenWhenBusy();
    router.publicRoute("/health/ready/").get(this::ready);
  }

  private Reply root(Call call) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put(
        "message",
        "API is alive. Please see https://docs.phase.dev/public-api for documentation on available"
            + " endpoints.");
    body.put("status", "ok");
    return Reply.ok(body);
  }

  private Reply alive(Call call) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("status", "alive");
    body.put("version", version);
    return Reply.ok(body);
  }

  private Reply ready(Call call) {
    return readiness
        .obstacle()
        .map(sentence -> Reply.status(503, Map.of("error", sentence)).header("Retry-After", "1"))
        .orElseGet(() -> Reply.ok(Map.of("status", "ready")));
  }
}
