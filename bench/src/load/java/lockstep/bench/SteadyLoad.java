package lockstep.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * Load at a given rate. Each request has a time at which it is due, whatever became of those before
 * it, and its latency counts from then: a server that stalls does not hide it by being asked less
 * (what is known as coordinated omission). The requests that are due follow each other on the
 * connections in turn, at even distances.
 *
 * <p>One thread does all of it, and looks only so often at what has become due and what has come:
 * to be woken for each of them would need several times as much of the processors, which are the
 * server's as well. What it sends or sees late for that reason counts as latency.
 */
final class SteadyLoad {

  private static final int BUFFER_BYTES = 1 << 18;
  private static final long SILENCE_NANOS = 30_000_000_000L;

  /** How long it does not look at what is due and what has come. */
  private static final Duration TICK = Duration.ofNanos(250_000);

  private static final byte[] END = bytes("\r\n\r\n");
  private static final byte[] LENGTH = bytes("content-length:");

  /** Makes capital letters small, and leaves hyphen and colon as they are. */
  private static final int LOWER_CASE = 0x20;

  /** Behind {@code HTTP/1.1}. */
  private static final int STATUS_BEGIN = 8;

  private final List<byte[]> texts;
  private final long total;
  private final double perSecond;
  private final long begin;
  private final List<Connection> connections = new ArrayList<>();
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long[] nanos;

  private int sent;
  private int answered;
  private long heard;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private SteadyLoad(
      Selector selector, List<byte[]> texts, long total, double perSecond, long begin) {
    this.selector = selector;
    this.texts = texts;
    this.total = total;
    this.perSecond = perSecond;
    this.begin = begin;
    this.heard = begin;
    this.nanos = new long[Math.toIntExact(total)];
  }

  /** Sends so many requests a second for this time, and waits for the answers. */
  static Round run(
      String address, List<Request> requests, double perSecond, int connections, Duration time)
      throws IOException, InterruptedException {
    URI server = URI.create(address);
    List<byte[]> texts =
        requests.stream().map(request -> request.bytes(server.getAuthority())).toList();
    long total = Math.max(connections, Math.round(perSecond * time.toNanos() / 1e9));
    try (Selector selector = Selector.open()) {
      // So many that all connections are open before the first request is due.
      long begin = System.nanoTime() + 200_000_000;
      SteadyLoad load = new SteadyLoad(selector, texts, total, perSecond, begin);
      try {
        for (int i = 0; i < connections; i++) {
          load.connect(new InetSocketAddress(server.getHost(), server.getPort()));
        }
        load.drive();
      } finally {
        for (Connection connection : load.connections) {
          connection.channel.close();
        }
      }
      return load.round();
    }
  }

  private void connect(InetSocketAddress server) throws IOException {
    SocketChannel channel = SocketChannel.open(server);
    Connection connection = new Connection(channel);
    connections.add(connection);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, connection);
  }

  private void drive() throws IOException, InterruptedException {
    try {
      while (answered < total) {
        Thread.sleep(TICK);
        selector.selectNow(this::read);
        sendDue();
        requireAnswers();
      }
    } catch (UncheckedIOException e) {
      throw new IOException("at a steady rate: " + e.getMessage(), e);
    }
  }

  /** Sends what has become due, or has it sent after those before it on its connection. */
  private void sendDue() throws IOException {
    long now = System.nanoTime();
    while (sent < total && dueTime(sent) <= now) {
      connections.get(sent % connections.size()).add(sent);
      sent++;
    }
  }

  private long dueTime(int number) {
    return begin + (long) (number / perSecond * 1e9);
  }

  private void requireAnswers() throws IOException {
    if (answered < sent && System.nanoTime() - heard > SILENCE_NANOS) {
      throw new IOException("no answer in time");
    }
  }

  private void read(SelectionKey key) {
    try {
      read((Connection) key.attachment());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Connection connection) throws IOException {
    buffer.clear();
    if (connection.channel.read(buffer) < 0) {
      throw new EOFException("the server closed the connection");
    }
    buffer.flip();
    if (connection.answer.take(buffer)) {
      heard = System.nanoTime();
      nanos[answered++] = heard - dueTime(connection.answered());
    }
  }

  private Round round() {
    double seconds = (System.nanoTime() - begin) / 1e9;
    Arrays.sort(nanos);
    return new Round(nanos.length, nanos.length / seconds, latencies(nanos), 0, 0);
  }

  private static Latencies latencies(long[] sorted) {
    return new Latencies(
        percentile(sorted, 0.5),
        percentile(sorted, 0.99),
        percentile(sorted, 0.999),
        percentile(sorted, 1));
  }

  private static double percentile(long[] sorted, double share) {
    int place = (int) Math.ceil(sorted.length * share) - 1;
    return sorted[Math.clamp(place, 0, sorted.length - 1)] / 1e6;
  }

  /** A connection, and the requests that were due and are not answered. */
  private final class Connection {

    private final SocketChannel channel;
    private final Answer answer = new Answer();
    private final Queue<Integer> due = new ArrayDeque<>();

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    void add(int number) throws IOException {
      due.add(number);
      if (due.size() == 1) {
        send(number);
      }
    }

    /** Returns the number of the request whose answer has come, and sends the next. */
    int answered() throws IOException {
      int one = due.remove();
      Integer next = due.peek();
      if (next != null) {
        send(next);
      }
      return one;
    }

    private void send(int number) throws IOException {
      ByteBuffer text = ByteBuffer.wrap(texts.get(number % texts.size()));
      channel.write(text);
      if (text.hasRemaining()) { // Nothing else is on its way.
        throw new IOException("the connection does not take a whole request");
      }
    }
  }

  /** Takes in answers, only as closely as needed to know where each ends. */
  private static final class Answer {

    /** What has come of a head. */
    private final byte[] head = new byte[1 << 12];

    private int length;
    private long missing;
    private boolean inBody;

    /** True if the answer is complete; another one begins after it. */
    boolean take(ByteBuffer bytes) throws IOException {
      while (!inBody && bytes.hasRemaining()) {
        if (length == head.length) {
          throw new IOException("a head of more than " + length + " bytes");
        }
        head[length++] = bytes.get();
        if (head[length - 1] == '\n' && endsHead()) {
          missing = bodyBytes();
          length = 0;
          inBody = true;
        }
      }
      if (!inBody) {
        return false;
      }
      missing -= bytes.remaining();
      if (missing < 0) {
        throw new IOException("more than an answer");
      }
      inBody = missing > 0;
      return !inBody;
    }

    private boolean endsHead() {
      int begin = length - END.length;
      return begin >= 0 && Arrays.equals(head, begin, length, END, 0, END.length);
    }

    private long bodyBytes() throws IOException {
      int status = Math.toIntExact(number(STATUS_BEGIN));
      if (status >= 400) {
        throw new IOException("status " + status);
      }
      if (status == 304 || status == 204) {
        return 0;
      }
      for (int i = 0; i < length; i++) {
        if (head[i] == '\n' && isLength(i + 1)) {
          return number(i + 1 + LENGTH.length);
        }
      }
      throw new IOException("an answer without Content-Length");
    }

    /** Whether the name of the header is here, in letters of either case. */
    private boolean isLength(int begin) {
      for (int i = 0; i < LENGTH.length; i++) {
        if (begin + i >= length || (head[begin + i] | LOWER_CASE) != LENGTH[i]) {
          return false;
        }
      }
      return true;
    }

    /** The decimal number here, behind spaces if there are any. */
    private long number(int begin) throws IOException {
      int at = begin;
      while (at < length && head[at] == ' ') {
        at++;
      }
      int first = at;
      long number = 0;
      for (; at < length && head[at] >= '0' && head[at] <= '9'; at++) {
        number = 10 * number + head[at] - '0';
      }
      if (at == first) {
        throw new IOException("no number where there should be one");
      }
      return number;
    }
  }
}
