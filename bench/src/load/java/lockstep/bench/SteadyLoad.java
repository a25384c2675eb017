package lockstep.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Load at a given rate. Each request has a time at which it is due, whatever became of those before
 * it, and its latency counts from then: a server that stalls does not hide it by being asked less
 * (what is known as coordinated omission). The requests that are due follow each other on the
 * connections in turn, at even distances.
 */
final class SteadyLoad {

  private static final int BUFFER_BYTES = 1 << 16;

  private SteadyLoad() {}

  /** Sends so many requests a second for this time, and waits for the answers. */
  static Round run(
      String address, List<Request> requests, double perSecond, int connections, Duration time)
      throws IOException, InterruptedException {
    URI server = URI.create(address);
    List<byte[]> texts =
        requests.stream().map(request -> request.bytes(server.getAuthority())).toList();
    long total = Math.max(connections, Math.round(perSecond * time.toNanos() / 1e9));
    // So many that all connections are open before the first request is due.
    long begin = System.nanoTime() + 200_000_000;
    List<Callable<long[]>> work = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      int first = i;
      work.add(() -> drive(server, texts, first, connections, total, perSecond, begin));
    }
    List<long[]> parts = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      for (Future<long[]> part : threads.invokeAll(work)) {
        parts.add(part.get());
      }
    } catch (ExecutionException e) {
      throw new IOException("at a steady rate: " + e.getCause(), e);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long[] nanos = parts.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Round(nanos.length, nanos.length / seconds, latencies(nanos), 0, 0);
  }

  /** Sends the requests number first, first + step and so on, over one connection. */
  private static long[] drive(
      URI server, List<byte[]> texts, int first, int step, long total, double perSecond, long begin)
      throws IOException {
    long[] nanos = new long[Math.toIntExact((total - first + step - 1) / step)];
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(30_000);
      OutputStream out = socket.getOutputStream();
      Answers answers = new Answers(socket.getInputStream());
      for (int i = 0; i < nanos.length; i++) {
        long number = first + (long) i * step;
        long due = begin + (long) (number / perSecond * 1e9);
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        out.write(texts.get((int) (number % texts.size())));
        answers.skip();
        nanos[i] = System.nanoTime() - due;
      }
    }
    return nanos;
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

  /** Reads answers from a connection, only as closely as needed to know where each ends. */
  private static final class Answers {

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    Answers(InputStream in) {
      this.in = in;
    }

    void skip() throws IOException {
      int filled = 0;
      int head = -1;
      while (head < 0) {
        if (filled == buffer.length) {
          throw new IOException("the headers are too long");
        }
        int count = in.read(buffer, filled, buffer.length - filled);
        if (count < 0) {
          throw new EOFException("the server closed the connection");
        }
        head = end(buffer, Math.max(0, filled - 3), filled + count);
        filled += count;
      }
      long missing =
          bodyBytes(new String(buffer, 0, head, StandardCharsets.ISO_8859_1)) - (filled - head);
      while (missing > 0) {
        int count = in.read(buffer, 0, (int) Math.min(buffer.length, missing));
        if (count < 0) {
          throw new EOFException("the server closed the connection");
        }
        missing -= count;
      }
    }

    private static int end(byte[] bytes, int from, int to) {
      for (int i = from; i + 3 < to; i++) {
        if (bytes[i] == '\r'
            && bytes[i + 1] == '\n'
            && bytes[i + 2] == '\r'
            && bytes[i + 3] == '\n') {
          return i + 4;
        }
      }
      return -1;
    }

    private static long bodyBytes(String head) throws IOException {
      String[] lines = head.split("\r\n", -1);
      int status = Integer.parseInt(lines[0].split(" ", -1)[1]);
      if (status >= 400) {
        throw new IOException("status " + status);
      }
      if (status == 304 || status == 204) {
        return 0;
      }
      @Nullable String length = null;
      for (String line : lines) {
        if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = line.substring("content-length:".length()).strip();
        }
      }
      if (length == null) {
        throw new IOException("an answer without Content-Length");
      }
      return Long.parseLong(length);
    }
  }
}
