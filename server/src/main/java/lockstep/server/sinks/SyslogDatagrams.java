package lockstep.server.sinks;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A syslog server over UDP. A datagram that is lost is lost; only if the other machine says that
 * nobody listens is that a failure, of a later delivery.
 */
final class SyslogDatagrams implements Sink {

  /** What fits into a datagram over IPv4. */
  static final int MAXIMUM_BYTES = 65_507;

  private final SinkAddress.Syslog address;
  private final SyslogFormat format;
  private @Nullable DatagramSocket socket;

  SyslogDatagrams(SinkAddress.Syslog address, SyslogFormat format) {
    this.address = address;
    this.format = format;
  }

  @Override
  public void deliver(List<SinkEvent> events) throws IOException {
    try {
      DatagramSocket to = connected();
      for (SinkEvent event : events) {
        byte[] message = format.message(event);
        if (message.length > MAXIMUM_BYTES) {
          message = format.message(event.shortened());
        }
        to.send(new DatagramPacket(message, message.length));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private DatagramSocket connected() throws IOException {
    DatagramSocket current = socket;
    if (current == null) {
      current = new DatagramSocket();
      socket = current;
      current.connect(new InetSocketAddress(InetAddress.getByName(address.host()), address.port()));
    }
    return current;
  }

  @Override
  public void close() {
    DatagramSocket current = socket;
    socket = null;
    if (current != null) {
      current.close();
    }
  }
}
