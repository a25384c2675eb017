package lockstep.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
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

  /** Metrics of the delivery of audit events; they are there once this was called. */
  public AuditSink auditSink() {
    return new AuditSink(registry);
  }

  /** What is measured about the delivery of audit events. */
  public static final class AuditSink {

    private final Counter delivered;
    private final Counter failures;
    private final Gauge up;
    private final Gauge waiting;
    private final Gauge lag;

    private AuditSink(PrometheusRegistry registry) {
      delivered =
          Counter.builder()
              .name("lockstep_audit_sink_delivered_total")
              .help("Audit events that this server delivered.")
              .register(registry);
      failures =
          Counter.builder()
              .name("lockstep_audit_sink_failures_total")
              .help("Attempts of this server to deliver that failed.")
              .register(registry);
      up =
          Gauge.builder()
              .name("lockstep_audit_sink_up")
              .help("1 unless the last attempt of this server to deliver failed.")
              .register(registry);
      waiting =
          Gauge.builder()
              .name("lockstep_audit_sink_waiting_events")
              .help("Audit events that no server has delivered yet.")
              .register(registry);
      lag =
          Gauge.builder()
              .name("lockstep_audit_sink_lag_seconds")
              .help("Time since no event waited.")
              .register(registry);
      up.set(1);
    }

    /** So many events were delivered. */
    public void delivered(int events) {
      delivered.inc(events);
    }

    /** An attempt failed. */
    public void failed() {
      failures.inc();
      up.set(0);
    }

    /** The sink takes events. */
    public void works() {
      up.set(1);
    }

    /** So many events wait, and some have for so long. */
    public void behind(long events, Duration since) {
      waiting.set((double) events);
      lag.set(since.toMillis() / 1e3);
    }
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
