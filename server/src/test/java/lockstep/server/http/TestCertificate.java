package lockstep.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate for 127.0.0.1, made by the JDK's own tool, in PEM files. */
public record TestCertificate(TlsFiles files, Certificate certificate) {

  /** Writes (again) to the files {@code cert.pem} and {@code key.pem} in this folder. */
  public static TestCertificate writeTo(Path folder) {
    return writeTo(folder, "EC");
  }

  /** With a key of another kind. */
  static TestCertificate writeTo(Path folder, String keyAlgorithm) {
    try {
      Path keyStore = folder.resolve("keystore.p12");
      Files.deleteIfExists(keyStore);
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-J-XX:TieredStopAtLevel=1",
                  "-genkeypair",
                  "-keystore",
                  keyStore.toString(),
                  "-storepass",
                  "changeit",
                  "-alias",
                  "test",
                  "-keyalg",
                  keyAlgorithm,
                  "-dname",
                  "CN=localhost",
                  "-ext",
                  "san=ip:127.0.0.1"));
      if (keyAlgorithm.startsWith("RSA")) {
        // Longer ones, which are safe, take seconds to find.
        command.addAll(List.of("-keysize", "1024"));
      }
      Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
      keytool.getInputStream().readAllBytes();
      if (keytool.waitFor() != 0) {
        throw new IllegalStateException("keytool failed");
      }
      KeyStore store = KeyStore.getInstance(keyStore.toFile(), "changeit".toCharArray());
      Certificate certificate = store.getCertificate("test");
      Path pem = folder.resolve("cert.pem");
      Path key = folder.resolve("key.pem");
      Files.writeString(pem, pem("CERTIFICATE", certificate.getEncoded()));
      Files.writeString(
          key, pem("PRIVATE KEY", store.getKey("test", "changeit".toCharArray()).getEncoded()));
      return new TestCertificate(new TlsFiles(pem, key), certificate);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
  }

  /** A context of servers that have the certificate in this folder. */
  public static SSLContext serving(Path folder) {
    try {
      KeyStore store =
          KeyStore.getInstance(folder.resolve("keystore.p12").toFile(), "changeit".toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, "changeit".toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A context of clients that trust this certificate and no other. */
  SSLContext trusting() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("server", certificate);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
