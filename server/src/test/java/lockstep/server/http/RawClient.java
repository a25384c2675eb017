package lockstep.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connection that sends exactly the bytes it is given. One character is one byte. */
public final class RawClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 8_000;

  private final Socket socket;

  public RawClient(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public RawClient send(String text) {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends although the server may have hung up; tells whether it took the bytes. */
  public boolean offer(String text) {
    try {
      send(text);
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  public RawResponse receive() {
    return receive(false);
  }

  public RawResponse receiveHead() {
    return receive(true);
  }

  private RawResponse receive(boolean headOnly) {
    try {
      InputStream in = socket.getInputStream();
      String[] statusLine = line(in).split(" ", 3);
      List<String> headers = new ArrayList<>();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        headers.add(line);
      }
      int status = Integer.parseInt(statusLine[1]);
      RawResponse head = new RawResponse(status, statusLine[2], headers, "");
      boolean bodiless = headOnly || status < 200 || status == 204;
      int length = bodiless ? 0 : head.header("Content-Length").map(Integer::parseInt).orElse(0);
      String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      return new RawResponse(status, statusLine[2], headers, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the server to hang up; anything it says before is an error. */
  boolean isClosedByServer() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the server hangs up before so many bytes have come. */
  boolean isCutShortOf(int bytes) {
    try {
      socket.getInputStream().skipNBytes(bytes);
      return false;
    } catch (SocketTimeoutException e) {
      throw new UncheckedIOException(e);
    } catch (IOException e) {
      return true;
    }
  }

  boolean isSilentFor(int millis) {
    try {
      socket.setSoTimeout(millis);
      int read = socket.getInputStream().read();
      throw new AssertionError("the server was not silent: " + read);
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      patient();
    }
  }

  private void patient() {
    try {
      socket.setSoTimeout(PATIENCE_MILLIS);
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("hung up after: " + line);
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
