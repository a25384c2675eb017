package lockstep.server.sinks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
 * breaks, and if the other machine is gone without a word, the operating system tries for about a
 * quarter of an hour before it says so. So what was written in the last {@link #UNCERTAIN} before
 * the last delivery is read and written again to the next connection, before anything new. What
 * this process has written is all it knows of.
 */
final class SyslogStream implements Sink {

  /** For so long the other side may not have got what it was sent. */
  static final Duration UNCERTAIN = Duration.ofMinutes(20);

  /** Deliveries that are remembered as one. */
  private static final Duration TOGETHER = Duration.ofSeconds(1);

  private static final int CONNECT_MILLIS = 5_000;
  private static final int HANDSHAKE_MILLIS = 5_000;
  private static final int WRITE_MILLIS = 8_000;

  private final SinkAddress.Syslog address;
  private final Optional<SSLSocketFactory> tls;
  private final SyslogFormat format;
  private final Earlier earlier;
  private final LongSupplier nanoTime;
  private final Deque<Written> uncertain = new ArrayDeque<>();
  private final Map<UUID, Long> newest = new HashMap<>();
  private final Map<UUID, Long> again = new LinkedHashMap<>();
  private @Nullable Connection connection;

  /**
   * What was written within a moment.
   *
   * @param at when that began, by the clock that never goes back
   * @param after the number before the first one of each chain
   */
  private record Written(long at, Map<UUID, Long> after) {}

  /**
   * @param tls makes encrypted connections; empty for plain ones
   * @param earlier has what was written
   * @param nanoTime a clock that never goes back
   */
  SyslogStream(
      SinkAddress.Syslog address,
      Optional<SSLSocketFactory> tls,
      SyslogFormat format,
      Earlier earlier,
      LongSupplier nanoTime) {
    this.address = address;
    this.tls = tls;
    this.format = format;
    this.earlier = earlier;
    this.nanoTime = nanoTime;
  }

  @Override
  public void deliver(List<SinkEvent> events) throws IOException {
    byte[] frames = frames(events);
    try {
      send(upToDate(), frames);
    } catch (IOException e) { // It was closed since the look at it; one that can be had is as good.
      close();
      send(upToDate(), frames);
    }
    remember(events);
  }

  private byte[] frames(List<SinkEvent> events) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    events.forEach(event -> all.writeBytes(format.frame(event)));
    return all.toByteArray();
  }

  /** New events come after all that is repeated. */
  private Connection upToDate() throws IOException {
    if (repeat()) {
      throw new IOException("the connection was lost, and earlier events are sent again first");
    }
    return connected();
  }

  private void remember(List<SinkEvent> events) {
    long now = nanoTime.getAsLong();
    Written last = uncertain.peekLast();
    if (last == null || now - last.at() > TOGETHER.toNanos()) {
      last = new Written(now, new HashMap<>());
      uncertain.addLast(last);
    }
    for (SinkEvent event : events) {
      last.after().putIfAbsent(event.organisation(), event.sequence() - 1);
      newest.merge(event.organisation(), event.sequence(), Math::max);
    }
    while (now - uncertain.getFirst().at() > UNCERTAIN.plus(TOGETHER).toNanos()) {
      uncertain.removeFirst();
    }
  }

  /** Connects, or again. */
  @Override
  public void keep() throws IOException {
    if (connection == null || connection.isBroken()) {
      close();
      connected();
    }
  }

  @Override
  public boolean repeat() throws IOException {
    keep();
    if (again.isEmpty()) {
      return false;
    }
    UUID organisation = again.keySet().iterator().next();
    long to = newest.getOrDefault(organisation, 0L);
    List<SinkEvent> events =
        earlier.after(organisation, again.getOrDefault(organisation, to)).stream()
            .filter(event -> event.sequence() <= to)
            .toList();
    if (!events.isEmpty()) {
      send(connected(), frames(events));
      again.put(organisation, events.getLast().sequence());
    }
    if (events.isEmpty() || events.getLast().sequence() >= to) {
      again.remove(organisation);
    }
    // All of it was written now, as far as it was, and is as uncertain as it was before.
    uncertain.addFirst(new Written(nanoTime.getAsLong(), uncertain.removeFirst().after()));
    return !again.isEmpty();
  }

  private Connection connected() throws IOException {
    Connection current = connection;
    if (current == null) {
      current = new Connection(address, tls);
      connection = current;
      rewind();
    }
    return current;
  }

  /** Everything that is uncertain becomes what has to be repeated. */
  private void rewind() {
    again.clear();
    uncertain.forEach(written -> written.after().forEach(again::putIfAbsent));
    if (!again.isEmpty()) {
      long at = uncertain.getLast().at();
      uncertain.clear();
      uncertain.add(new Written(at, new HashMap<>(again)));
    }
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
