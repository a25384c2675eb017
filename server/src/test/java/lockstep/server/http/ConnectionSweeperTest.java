package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

final class ConnectionSweeperTest {

  @Test
  void aFaultWithOneConnectionDoesNotKeepTheOthers() {
    AtomicInteger looks = new AtomicInteger();
    EndPoint broken =
        new ByteArrayEndPoint() {
          @Override
          public Connection getConnection() {
            looks.incrementAndGet();
            throw new IllegalStateException("broken");
          }
        };
    ServerConnector connector =
        new ServerConnector(new Server()) {
          @Override
          public Collection<EndPoint> getConnectedEndPoints() {
            return List.of(broken, broken);
          }
        };

    new ConnectionSweeper(connector, Duration.ofSeconds(1), Duration.ofSeconds(1)).sweep();

    assertThat(looks).hasValue(2);
  }
}
