package lockstep.server.sinks;

import java.time.Clock;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

/** Makes sinks from settings. */
final class Sinks {

  private Sinks() {}

  /**
   * @param earlier where what was delivered can be read again
   */
  static Sink of(SinkSettings settings, Earlier earlier, Clock clock) {
    Optional<SSLContext> tls = settings.authorities().map(Authorities::trust);
    return switch (settings.address()) {
      case SinkAddress.InFile(var path) -> new FileSink(path, settings.rotation());
      case SinkAddress.Syslog syslog ->
          switch (syslog.transport()) {
            case UDP -> new SyslogDatagrams(syslog, new SyslogFormat());
            case TCP -> stream(syslog, Optional.empty(), earlier);
            case TLS ->
                stream(
                    syslog,
                    Optional.of(
                        tls.map(SSLContext::getSocketFactory)
                            .orElseGet(() -> (SSLSocketFactory) SSLSocketFactory.getDefault())),
                    earlier);
          };
      case SinkAddress.WebHook hook ->
          new WebHookSink(hook.url(), settings.secret().orElseThrow(), tls, clock);
    };
  }

  private static Sink stream(
      SinkAddress.Syslog syslog, Optional<SSLSocketFactory> tls, Earlier earlier) {
    return new SyslogStream(syslog, tls, new SyslogFormat(), earlier, System::nanoTime);
  }
}
