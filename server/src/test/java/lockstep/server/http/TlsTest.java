package lockstep.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server encrypts by itself when it has a certificate. */
@SuppressWarnings("NullAway.Init") // set before the tests
final class TlsTest {

  @TempDir private static Path folder;

  private static TestCertificate certificate;

  @BeforeAll
  static void makeCertificate() {
    certificate = TestCertificate.writeTo(folder);
  }

  private static HttpServer serve(TlsFiles files) {
    HttpSettings.Timeouts timeouts =
        new HttpSettings.Timeouts(
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1));
    Router.Builder<String> routes = Router.builder();
    routes.publicRoute("/health/").get(call -> Reply.ok(Map.of("status", "alive")));
    return HttpServer.start(
        new HttpSettings("127.0.0.1", 0, HttpSettings.Limits.DEFAULT, timeouts, List.of()),
        Optional.of(files),
        routes.build(),
        new TokenAdmission(),
        new RecordedEvents());
  }

  @Test
  void aClientThatTrustsTheCertificateIsServed() throws Exception {
    try (HttpServer server = serve(certificate.files());
        HttpClient client = HttpClient.newBuilder().sslContext(certificate.trusting()).build()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(server.uri().resolve("/health/")).build(),
              BodyHandlers.ofString());

      assertThat(server.uri().getScheme()).isEqualTo("https");
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("{\"status\":\"alive\"}");
    }
  }

  @Test
  void oldProtocolsAreRefused() throws Exception {
    try (HttpServer server = serve(certificate.files());
        SSLSocket socket =
            (SSLSocket)
                certificate
                    .trusting()
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(socket.getSupportedProtocols()).contains("TLSv1.1");
      socket.setEnabledProtocols(new String[] {"TLSv1.1"});

      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
    }
  }

  @Test
  void aRequestWithoutTlsGetsNoHttpAnswer() throws Exception {
    try (HttpServer server = serve(certificate.files());
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket
          .getOutputStream()
          .write("GET /health/ HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(readToEnd(socket), StandardCharsets.ISO_8859_1))
          .doesNotContain("HTTP/1.1 200");
    }
  }

  @Test
  void aHandshakeThatStallsIsCut() throws Exception {
    try (HttpServer server = serve(certificate.files());
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(4_000);
      socket.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0, 1});

      assertThat(readToEnd(socket)).isEmpty();
    }
  }

  @Test
  void aChangedCertificateIsReadAgain() throws Exception {
    Path changing = Files.createDirectory(folder.resolve("changing"));
    TestCertificate before = TestCertificate.writeTo(changing);
    TlsContext context = new TlsContext(before.files(), Duration.ofMillis(10));
    context.factory().start();
    context.start();
    try {
      TestCertificate after = TestCertificate.writeTo(changing);

      assertThat(waitForCertificate(context, after.certificate())).isEqualTo(after.certificate());
      assertThat(after.certificate()).isNotEqualTo(before.certificate());
    } finally {
      context.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA", "RSASSA-PSS", "Ed25519", "Ed448"})
  void aKeyOfAnotherCertificateIsRefused(String algorithm) throws Exception {
    Path one = Files.createDirectory(folder.resolve("one" + algorithm));
    Path other = Files.createDirectory(folder.resolve("other" + algorithm));
    TlsFiles files = TestCertificate.writeTo(one, algorithm).files();
    TlsFiles others = TestCertificate.writeTo(other, algorithm).files();

    assertThat(files.read().size()).isEqualTo(1);
    assertThatThrownBy(() -> new TlsFiles(files.certificates(), others.privateKey()).read())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(files.certificates().toString())
        .hasMessageContaining(others.privateKey().toString());
  }

  @Test
  void halfARenewalKeepsTheOldPairAndIsTriedAgain() throws Exception {
    Path served = Files.createDirectory(folder.resolve("served"));
    Path renewed = Files.createDirectory(folder.resolve("renewed"));
    TestCertificate before = TestCertificate.writeTo(served);
    TestCertificate after = TestCertificate.writeTo(renewed);
    FileTime time = FileTime.from(Instant.now().plusSeconds(60));
    TlsContext context = new TlsContext(before.files(), Duration.ofHours(1));
    context.factory().start();

    replace(before.files().certificates(), after.files().certificates(), time);
    context.reloadIfChanged();
    assertThat(served(context)).isEqualTo(before.certificate());

    replace(before.files().privateKey(), after.files().privateKey(), time);
    context.reloadIfChanged();
    assertThat(served(context)).isEqualTo(after.certificate());
  }

  private static void replace(Path file, Path content, FileTime time) throws IOException {
    Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(file, time);
  }

  private static Certificate served(TlsContext context) throws Exception {
    return context.factory().getKeyStore().getCertificate("server");
  }

  private static Certificate waitForCertificate(TlsContext context, Certificate expected)
      throws Exception {
    Instant deadline = Instant.now().plusSeconds(5);
    Certificate current;
    do {
      current = served(context);
      Thread.onSpinWait();
    } while (!current.equals(expected) && Instant.now().isBefore(deadline));
    return current;
  }

  @Test
  void filesThatHoldSomethingElseAreNamed() throws Exception {
    Path junk = Files.writeString(folder.resolve("junk.pem"), "junk");

    assertThatThrownBy(() -> new TlsFiles(junk, certificate.files().privateKey()).read())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("junk.pem");
    assertThatThrownBy(() -> new TlsFiles(certificate.files().certificates(), junk).read())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("junk.pem")
        .hasMessageContaining("openssl pkcs8");
  }

  private static byte[] readToEnd(Socket socket) {
    try {
      return socket.getInputStream().readAllBytes();
    } catch (IOException reset) {
      return new byte[0];
    }
  }
}
