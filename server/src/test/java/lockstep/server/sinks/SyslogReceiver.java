package lockstep.server.sinks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/** A syslog server over TCP or TLS that reads messages after their lengths. */
final class SyslogReceiver implements AutoCloseable {

  final List<String> messages = new CopyOnWriteArrayList<>();

  private final ServerSocket listening;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger ignored = new AtomicInteger();

  private SyslogReceiver(ServerSocket listening) {
    this.listening = listening;
    Thread.ofVirtual().start(this::accept);
  }

  static SyslogReceiver plain(int port) throws IOException {
    return new SyslogReceiver(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()));
  }

  static SyslogReceiver encrypted(SSLContext context, String address) throws IOException {
    return new SyslogReceiver(
        context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName(address)));
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Accepts connections, and reads nothing of the next so many before it cuts them. */
  void cutWithoutReading(int connections) {
    ignored.set(connections);
    sockets.forEach(SyslogReceiver::close);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        sockets.add(socket);
        if (listening.isClosed()) { // Perhaps after the others were closed.
          close(socket);
        }
        Thread.ofVirtual().start(() -> read(socket));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void read(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      for (Optional<Integer> length = length(in); length.isPresent(); length = length(in)) {
        String message = new String(in.readNBytes(length.get()), StandardCharsets.UTF_8);
        if (ignored.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          return;
        }
        messages.add(message);
      }
    } catch (IOException e) {
      // The other side is gone.
    }
  }

  private static Optional<Integer> length(InputStream in) throws IOException {
    int length = 0;
    for (int next = in.read(); next != ' '; next = in.read()) {
      if (next < '0' || next > '9') {
        return Optional.empty();
      }
      length = 10 * length + next - '0';
    }
    return Optional.of(length);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Gone.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      // Gone.
    }
    sockets.forEach(SyslogReceiver::close);
  }
}
