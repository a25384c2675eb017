package lockstep.server.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The certificate that a server shows, and its key, in PEM files as certificate tools write them.
 *
 * @param certificates the server's certificate, followed by those between it and the root
 * @param privateKey the key in PKCS #8 form, not encrypted ({@code BEGIN PRIVATE KEY})
 */
public record TlsFiles(Path certificates, Path privateKey) {

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

  private static final int NONCE_BYTES = 32;

  private static final PSSParameterSpec PSS =
      new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

  /** Keys in memory need no password, but the type wants one. */
  static final String NO_PASSWORD = "";

  /**
   * Reads both files and proves that they fit.
   *
   * @throws IllegalArgumentException saying which file is wrong, and how
   */
  KeyStore read() {
    try {
      List<Certificate> chain = readCertificates();
      PublicKey publicKey = chain.getFirst().getPublicKey();
      PrivateKey key = readKey(publicKey.getAlgorithm());
      if (!isPair(publicKey, key)) {
        throw new UnusableTlsException(
            "the TLS key in %s is not the one of the first certificate in %s"
                .formatted(privateKey, certificates));
      }
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server", key, NO_PASSWORD.toCharArray(), chain.toArray(Certificate[]::new));
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new UnusableTlsException("the TLS certificate and key cannot be used together", e);
    }
  }

  private List<Certificate> readCertificates() throws IOException {
    try (var in = new ByteArrayInputStream(Files.readAllBytes(certificates))) {
      List<Certificate> chain =
          List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (GeneralSecurityException e) {
      // Reported below, like a file without any certificate.
    }
    throw new UnusableTlsException(
        "the TLS certificate file " + certificates + " holds no certificates in PEM form");
  }

  private PrivateKey readKey(String algorithm) throws IOException, GeneralSecurityException {
    String text = Files.readString(privateKey, StandardCharsets.US_ASCII);
    Matcher pem = PRIVATE_KEY.matcher(text);
    if (!pem.find()) {
      throw new UnusableTlsException(
          "the TLS key file "
              + privateKey
              + " holds no unencrypted PKCS #8 key (BEGIN PRIVATE KEY); convert it with: openssl"
              + " pkcs8 -topk8 -nocrypt");
    }
    byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  private static boolean isPair(PublicKey publicKey, PrivateKey key)
      throws GeneralSecurityException {
    byte[] nonce = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(nonce);
    Signature signature = signature(publicKey);
    signature.initSign(key);
    signature.update(nonce);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(nonce);
    return signature.verify(signed);
  }

  private static Signature signature(PublicKey publicKey) throws GeneralSecurityException {
    String algorithm = publicKey.getAlgorithm();
    Signature signature =
        Signature.getInstance(
            switch (algorithm) {
              case "EC" -> "SHA256withECDSA";
              case "RSA" -> "SHA256withRSA";
              default -> algorithm; // EdDSA and RSASSA-PSS: key and signature have one name
            });
    if (algorithm.equals("RSASSA-PSS")) {
      AlgorithmParameterSpec ofKey = ((RSAPublicKey) publicKey).getParams();
      signature.setParameter(ofKey == null ? PSS : ofKey);
    }
    return signature;
  }

  /** When either file was last changed. */
  FileTime changedAt() throws IOException {
    FileTime one = Files.getLastModifiedTime(certificates);
    FileTime other = Files.getLastModifiedTime(privateKey);
    return one.compareTo(other) > 0 ? one : other;
  }
}
