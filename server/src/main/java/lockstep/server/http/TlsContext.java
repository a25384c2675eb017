package lockstep.server.http;

import java.io.IOException;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 with a certificate that is read again when its files change, so that renewing it
 * needs no restart. New files that cannot be used are reported and the old certificate stays.
 */
final class TlsContext extends AbstractLifeCycle {

  private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);

  private final TlsFiles files;
  private final Duration period;
  private final SslContextFactory.Server factory = new SslContextFactory.Server();
  private FileTime readAt;
  private @Nullable ScheduledExecutorService timer;

  /**
   * @throws IllegalArgumentException if the files cannot be used
   */
  TlsContext(TlsFiles files, Duration period) {
    this.files = files;
    this.period = period;
    factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
    factory.setKeyStorePassword(TlsFiles.NO_PASSWORD);
    factory.setRenegotiationAllowed(false);
    try {
      readAt = files.changedAt();
    } catch (IOException e) {
      throw new UnusableTlsException("the TLS files cannot be read: " + e.getMessage(), e);
    }
    factory.setKeyStore(files.read());
  }

  SslContextFactory.Server factory() {
    return factory;
  }

  @Override
  protected void doStart() {
    ScheduledExecutorService started =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("tls-reload").daemon().factory());
    var _ =
        started.scheduleWithFixedDelay(
            this::reloadIfChanged, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    timer = started;
  }

  @Override
  protected void doStop() {
    if (timer != null) {
      timer.shutdownNow();
    }
  }

  void reloadIfChanged() {
    try {
      FileTime changedAt = files.changedAt();
      if (!changedAt.equals(readAt)) {
        var store = files.read();
        factory.reload(ssl -> ssl.setKeyStore(store));
        // Only now: one of the files may be new and the other about to be, with the same time.
        readAt = changedAt;
        LOG.info("the TLS certificate was read again");
      }
    } catch (Exception e) { // whatever is wrong with the new files, the old certificate serves on
      LOG.error("the changed TLS files cannot be used; the old certificate stays", e);
    }
  }
}
