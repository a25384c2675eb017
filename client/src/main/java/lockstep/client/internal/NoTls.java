package lockstep.client.internal;

import java.io.Serial;
import java.security.KeyManagementException;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * For an address without TLS: a context that opens no connection. The JDK's HTTP client sets up TLS
 * and reads all trusted certificates even if it is never asked for them, which is a good part of
 * the time of a short command.
 */
public final class NoTls extends SSLContext {

  /** One that refuses whatever would be encrypted. */
  public NoTls() {
    super(new Nothing(), new NoProvider(), "none");
  }

  /** To ask for a real one would load all that there are. */
  private static final class NoProvider extends Provider {

    @Serial private static final long serialVersionUID = 1L;

    private NoProvider() {
      super("none", "1", "provides nothing");
    }
  }

  private static final class Nothing extends SSLContextSpi {

    private static UnsupportedOperationException none() {
      return new UnsupportedOperationException("this client talks plain HTTP only");
    }

    /** The one thing that the HTTP client asks for in advance. */
    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return new SSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return new SSLParameters();
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException(none());
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      throw none();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw none();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      throw none();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      throw none();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      throw none();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      throw none();
    }
  }
}
