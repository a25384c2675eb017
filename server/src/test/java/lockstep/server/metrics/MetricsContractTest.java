package lockstep.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lockstep.server.ServerUnderTest;
import lockstep.server.faults.Eventually;
import lockstep.server.http.Route;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestCaller;
import lockstep.server.testing.TestOrganisation;
import lockstep.server.testing.TestResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // set before all tests
class MetricsContractTest {

  private static ServerUnderTest server;
  private static TestCaller scraper;
  private static TestCaller anyone;

  @BeforeAll
  static void start() {
    server = ServerUnderTest.start(Backend.SQLITE, Map.of("LOCKSTEP_METRICS_PORT", "0"));
    URI metrics = server.lockstep().metricsUri().orElseThrow();
    scraper = TestCaller.anonymous(metrics);
    anyone = TestCaller.anonymous(server.uri());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String scrape() {
    return scraper.get("/metrics").is(200).text();
  }

  /** A response can reach its client before it is counted. */
  private static void awaitLine(String begin) {
    Eventually.within(Duration.ofSeconds(10), begin, () -> scrape().contains("\n" + begin));
  }

  private static Set<String> labels(String scraped, String label) {
    return Pattern.compile("\\b" + label + "=\"([^\"]*)\"")
        .matcher(scraped)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void aScrapeHasOurSeriesInTheTextFormat() {
    anyone.get("/health/").is(200);
    awaitLine("lockstep_http_requests_total{method=\"GET\",route=\"/health/\",status=\"200\"} ");
    TestResponse answer = scraper.get("/metrics").is(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    assertThat(answer.text())
        .contains(
            "lockstep_http_request_duration_seconds_bucket{route=\"/health/\",le=\"0.001\"}",
            "lockstep_store_outages_total 0",
            "lockstep_server_faults_total 0",
            "lockstep_build_info{version=",
            "lockstep_heap_used_bytes ",
            "lockstep_uptime_seconds ");
  }

  @Test
  void whatClientsSendNeverBecomesALabel() {
    TestCaller owner = TestOrganisation.create(server).owner();
    owner.get("/v1/apps/canary-id/").is(404);
    anyone.get("/canary-path?canary-query").is(404);
    anyone.send("CANARY", "/health/", BodyPublishers.noBody()).is(405);
    anyone.send("CANARY", "/canary", BodyPublishers.noBody()).is(404);
    for (int i = 0; i < 50; i++) {
      anyone.get("/canary/" + i).is(404);
    }
    String scraped = scrape();
    Set<String> routes = server.routes().stream().map(Route::template).collect(Collectors.toSet());
    routes.add("unknown");
    routes.add("/metrics/");
    assertThat(scraped).doesNotContainIgnoringCase("canary");
    assertThat(routes).containsAll(labels(scraped, "route"));
    assertThat(Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "OTHER"))
        .containsAll(labels(scraped, "method"));
    assertThat(labels(scraped, "status")).allMatch(status -> status.matches("[2-5]\\d\\d"));
  }

  @Test
  void requestsAreCountedOnce() {
    String counter = "lockstep_http_requests_total{method=\"POST\",route=\"/\",status=\"405\"} ";
    for (int i = 0; i < 3; i++) { // Nobody else does this.
      anyone.send("POST", "/", BodyPublishers.noBody()).is(405);
    }
    awaitLine(counter + "3.0\n");
    assertThat(scrape()).contains("\n" + counter + "3.0\n");
  }

  @Test
  void theTwoPortsServeNothingOfEachOther() {
    anyone.get("/metrics/").is(404);
    scraper.get("/v1/apps/").is(404);
    scraper.get("/health/").is(404);
  }

  @Test
  void withoutAPortThereAreNoMetrics() {
    ServerUnderTest plain = Backend.SQLITE.server();
    assertThat(plain.lockstep().metricsUri()).isEmpty();
    TestCaller.anonymous(plain.uri()).get("/metrics").is(404);
  }
}
