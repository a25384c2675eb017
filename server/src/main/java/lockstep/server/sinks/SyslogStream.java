package lockstep.server.sinks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A syslog server over TCP or TLS, each message after its length.
 *
 * <p>The protocol has no acknowledgements: what was written may be on its way when the connection
 * breaks. So what was written in the last {@link #UNCERTAIN} before is written again to the next
 * connection, and a server that goes on within that time misses nothing.
 */
final class SyslogStream implements Sink {

  /** For so long the other side may leave unread what it was sent. */
  static final Duration UNCERTAIN = Duration.ofSeconds(30);

  private static final int CONNECT_MILLIS = 5_000;
  private static final int HANDSHAKE_MILLIS = 5_000;
  private static final int WRITE_MILLIS = 8_000;

  /** What is not sure to be read yet, at most: beyond it, the oldest counts as read. */
  private static final int MAXIMUM_UNCERTAIN_BYTES = 16 << 20;

  private final SinkAddress.Syslog address;
  private final Optional<SSLSocketFactory> tls;
  private final SyslogFormat format;
  private final LongSupplier nanoTime;
  private final Deque<Written> uncertain = new ArrayDeque<>();
  private long uncertainBytes;
  private @Nullable Connection connection;

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Written(long at, byte[] bytes) {}

  /**
   * @param tls makes encrypted connections; empty for plain ones
   * @param nanoTime a clock that never goes back
   */
  SyslogStream(
      SinkAddress.Syslog address,
      Optional<SSLSocketFactory> tls,
      SyslogFormat format,
      LongSupplier nanoTime) {
    this.address = address;
    this.tls = tls;
    this.format = format;
    this.nanoTime = nanoTime;
  }

  @Override
  public void deliver(List<SinkEvent> events) throws IOException {
    keep();
    byte[] frames = frames(events);
    try {
      send(connected(), frames);
    } catch (IOException e) { // It was closed since the look at it; one that can be had is as good.
      close();
      send(connected(), frames);
    }
    remember(frames);
  }

  private byte[] frames(List<SinkEvent> events) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    events.forEach(event -> all.writeBytes(format.frame(event)));
    return all.toByteArray();
  }

  private void remember(byte[] frames) {
    long now = nanoTime.getAsLong();
    uncertain.addLast(new Written(now, frames));
    uncertainBytes += frames.length;
    while (now - uncertain.getFirst().at() > UNCERTAIN.toNanos()
        || (uncertainBytes > MAXIMUM_UNCERTAIN_BYTES && uncertain.size() > 1)) {
      uncertainBytes -= uncertain.removeFirst().bytes().length;
    }
  }

  /** Connects, or again, and repeats what may not have been read. */
  @Override
  public void keep() throws IOException {
    if (connection == null || connection.isBroken()) {
      close();
      connected();
    }
  }

  private Connection connected() throws IOException {
    Connection current = connection;
    if (current == null) {
      current = new Connection(address, tls);
      connection = current;
      try {
        for (Written written : uncertain) {
          send(current, written.bytes());
        }
      } catch (IOException e) {
        close();
        throw e;
      }
    }
    return current;
  }

  private void send(Connection to, byte[] bytes) throws IOException {
    try {
      to.write(bytes);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    Connection current = connection;
    connection = null;
    if (current != null) {
      current.close();
    }
  }

  /** One connection, and a thread that notices its end. */
  private static final class Connection {

    private final Socket plain;
    private final Socket socket;
    private volatile boolean broken;

    Connection(SinkAddress.Syslog address, Optional<SSLSocketFactory> tls) throws IOException {
      this.plain = new Socket();
      try {
        plain.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
        plain.setKeepAlive(true);
        this.socket = tls.isPresent() ? encrypted(plain, address, tls.get()) : plain;
        InputStream in = socket.getInputStream();
        Thread.ofVirtual().name("audit-syslog").start(() -> readUntilTheEnd(in));
      } catch (IOException | RuntimeException e) {
        plain.close();
        throw e;
      }
    }

    private static Socket encrypted(
        Socket plain, SinkAddress.Syslog address, SSLSocketFactory factory) throws IOException {
      SSLSocket socket =
          (SSLSocket) factory.createSocket(plain, address.host(), address.port(), true);
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      socket.startHandshake();
      socket.setSoTimeout(0);
      return socket;
    }

    private void readUntilTheEnd(InputStream in) {
      byte[] ignored = new byte[1_024];
      try {
        while (in.read(ignored) >= 0) {
          // Servers have nothing to say.
        }
      } catch (IOException e) {
        // The end as well.
      }
      broken = true;
    }

    boolean isBroken() {
      return broken;
    }

    /** A server that does not read is one that is gone: its connection is cut. */
    void write(byte[] bytes) throws IOException {
      CompletableFuture<Void> watch =
          CompletableFuture.runAsync(
              this::close, CompletableFuture.delayedExecutor(WRITE_MILLIS, TimeUnit.MILLISECONDS));
      try {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
      } finally {
        watch.cancel(false);
      }
      if (broken) {
        throw new IOException("the syslog server closed the connection");
      }
    }

    /** The plain socket: closing the encrypted one waits for a write that does not end. */
    void close() {
      broken = true;
      try {
        plain.close();
      } catch (IOException e) {
        // It is gone either way.
      }
    }
  }
}
