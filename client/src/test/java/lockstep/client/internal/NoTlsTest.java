package lockstep.client.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NoTlsTest {

  @Test
  void opensNoEncryptedConnection() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        HttpClient client =
            HttpClient.newBuilder()
                .sslContext(new NoTls())
                .connectTimeout(Duration.ofSeconds(5))
                .build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("https://localhost:" + server.getLocalPort()))
              .timeout(Duration.ofSeconds(5))
              .build();
      assertThatThrownBy(() -> client.send(request, BodyHandlers.discarding()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("plain HTTP only");
    }
  }
}
