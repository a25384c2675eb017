package lockstep.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/**
 * The metrics of one server. Labels come from the program alone, never from clients, so that nobody
 * can make the number of series grow or put text into them.
 */
public final class Metrics {

  /** Media type of {@link #scrape()}. */
  public static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter requests =
      Counter.builder()
          .name("lockstep_http_requests_total")
          .help("Requests answered.")
          .labelNames("method", "route", "status")
          .register(registry);
  private final Histogram durations =
      Histogram.builder()
          .name("lockstep_http_request_duration_seconds")
          .help("Time from the arrival of a request's head to its answer.")
          .labelNames("route")
          .classicOnly()
          .classicUpperBounds(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
          .register(registry);
  private final Counter outages =
      Counter.builder()
          .name("lockstep_store_outages_total")
          .help("Requests answered with 503 because the database could not be used.")
          .register(registry);
  private final Counter faults =
      Counter.builder()
          .name("lockstep_server_faults_total")
          .help("Requests answered with 500 because of a fault of the server.")
          .register(registry);

  /** Metrics of a server of this version. */
  public Metrics(String version) {
    Info.builder()
        .name("lockstep_build_info")
        .help("Version of the server.")
        .labelNames("version")
        .register(registry)
        .setLabelValues(version);
    GaugeWithCallback.builder()
        .name("lockstep_heap_used_bytes")
        .help("Heap in use, garbage included.")
        .callback(
            gauge ->
                gauge.call(
                    (double) ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("lockstep_uptime_seconds")
        .help("Time since the process started.")
        .callback(gauge -> gauge.call(ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0))
        .register(registry);
  }

  /**
   * Counts an answered request.
   *
   * @param route template of the route, or a fixed word for none
   */
  public void requestFinished(String method, String route, int status, Duration duration) {
    requests.labelValues(method, route, String.valueOf(status)).inc();
    durations.labelValues(route).observe(duration.toNanos() / 1e9);
  }

  /** Counts a fault of the server. */
  public void serverFault() {
    faults.inc();
  }

  /** Counts a request turned away because the database could not be used. */
  public void outage() {
    outages.inc();
  }

  /** All metrics, as text. */
  public byte[] scrape() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
