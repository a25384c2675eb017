package lockstep.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request that has no body, without TLS, over a connection of its own, and its answer: the part
 * of HTTP/1.1 (RFC 9112) that this takes. The HTTP client of the JDK, made for much more, takes a
 * third of the time of a short command to set up.
 *
 * <p>Whatever the server does, this ends soon after its time is over, and at once when it is
 * closed.
 */
final class PlainExchange implements AutoCloseable {

  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int BUFFER_BYTES = 16 << 10;
  private static final int DEFAULT_PORT = 80;

  private final Carrier.Head head;
  private final BodyLimits limits;
  private final Duration time;
  private final long start = System.nanoTime();
  private final Socket socket = new Socket();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private int headBytes;

  /**
   * @param time for all of it
   */
  PlainExchange(Carrier.Head head, BodyLimits limits, Duration time) {
    this.head = head;
    this.limits = limits;
    this.time = time;
  }

  /** As {@link Carrier#carry}, but no interrupt ends it; may be called once. */
  Carrier.Answer carry(Request request) throws IOException {
    byte[] sent = head(request);
    connect();
    socket.getOutputStream().write(sent);
    return answer(socket.getInputStream());
  }

  private void connect() throws IOException {
    URI server = head.address().resolve("/");
    String host = server.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = server.getPort() < 0 ? DEFAULT_PORT : server.getPort();
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new Carrier.NotSentException("the host is not known", null);
    }
    try {
      socket.connect(address, Math.min(millisLeft(), (int) Carrier.CONNECT_TIMEOUT.toMillis()));
    } catch (IOException e) {
      String message = e.getMessage();
      throw new Carrier.NotSentException(message == null ? "no connection" : message, e);
    }
  }

  /** At least one: zero would mean to wait for ever. */
  private int millisLeft() {
    long left = time.toMillis() - (System.nanoTime() - start) / 1_000_000;
    return Math.clamp(left, 1, Integer.MAX_VALUE);
  }

  private byte[] head(Request request) {
    URI target = URI.create(head.address().resolve(request.path()).toASCIIString());
    StringBuilder text = new StringBuilder(512);
    text.append(request.method()).append(' ').append(target.getRawPath());
    if (target.getRawQuery() != null) {
      text.append('?').append(target.getRawQuery());
    }
    text.append(" HTTP/1.1\r\n");
    header(text, "Host", target.getRawAuthority());
    header(text, "Connection", "close");
    header(text, "Authorization", head.authorization());
    header(text, "Accept", "application/json");
    header(text, "User-Agent", head.userAgent());
    for (Map.Entry<String, String> header : request.headers().entrySet()) {
      header(text, header.getKey(), header.getValue());
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void header(StringBuilder text, String name, String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) >= 0x7f) {
        throw new IllegalArgumentException("the header " + name + " cannot have such a value");
      }
    }
    text.append(name).append(": ").append(value).append("\r\n");
  }

  private Carrier.Answer answer(InputStream in) throws IOException {
    int status = status(in);
    while (status < 200) {
      // Interim, such as 103; its headers are of no interest.
      Headers.read(this, in);
      status = status(in);
    }
    Headers headers = Headers.read(this, in);
    return new Carrier.Answer(
        status, Optional.ofNullable(headers.retryAfter), body(in, status, headers));
  }

  private int status(InputStream in) throws IOException {
    String line = line(in);
    // "HTTP/1.1 200 OK"
    if (line.length() >= 12 && line.startsWith("HTTP/1.") && line.charAt(8) == ' ') {
      int status = number(line.substring(9, 12), 10);
      if (status >= 100 && (line.length() == 12 || line.charAt(12) == ' ')) {
        return status;
      }
    }
    throw new IOException("what answers there does not speak HTTP");
  }

  private byte[] body(InputStream in, int status, Headers headers) throws IOException {
    boolean isError = status != 200;
    Body body = new Body(isError, isError ? limits.errorBytes() : limits.answerBytes());
    if (status == 204 || status == 304) {
      return new byte[0];
    }
    if (headers.isChunked) {
      for (int size = chunkSize(in); size > 0 && !body.isCutOff; size = chunkSize(in)) {
        copy(in, size, body);
        if (!body.isCutOff && !line(in).isEmpty()) {
          throw malformed();
        }
      }
    } else if (headers.length >= 0) {
      copy(in, headers.length, body);
    } else {
      while (!body.isCutOff && fill(in)) {
        body.add(buffer, at, end - at);
        at = end;
      }
    }
    return body.bytes.toByteArray();
  }

  /** Trailers are not waited for. */
  private int chunkSize(InputStream in) throws IOException {
    String line = line(in);
    int semicolon = line.indexOf(';');
    int size = number((semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
    if (size < 0) {
      throw malformed();
    }
    return size;
  }

  private void copy(InputStream in, long length, Body body) throws IOException {
    long left = length;
    while (left > 0 && !body.isCutOff) {
      if (!fill(in)) {
        throw cutOff();
      }
      int piece = (int) Math.min(left, end - at);
      body.add(buffer, at, piece);
      at += piece;
      left -= piece;
    }
  }

  /** A line of the head, or of what frames the body. */
  private String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      if (!fill(in)) {
        throw cutOff();
      }
      char c = (char) (buffer[at++] & 0xff);
      if (c == '\n') {
        int length = line.length();
        if (length > 0 && line.charAt(length - 1) == '\r') {
          line.setLength(length - 1);
        }
        return line.toString();
      }
      line.append(c);
      if (line.length() > MAX_HEAD_BYTES) {
        throw malformed();
      }
    }
  }

  /** False at the end of the connection. */
  private boolean fill(InputStream in) throws IOException {
    if (at < end) {
      return true;
    }
    if ((System.nanoTime() - start) / 1_000_000 >= time.toMillis()) {
      throw new SocketTimeoutException();
    }
    socket.setSoTimeout(millisLeft());
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  /** Less than zero if it is none, or too large. */
  private static int number(String digits, int radix) {
    if (digits.isEmpty() || digits.length() > 9) {
      return -1;
    }
    long number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), radix);
      if (digit < 0) {
        return -1;
      }
      number = number * radix + digit;
    }
    return number > Integer.MAX_VALUE ? -1 : (int) number;
  }

  private static IOException malformed() {
    return new IOException("the answer is not in HTTP");
  }

  private static IOException cutOff() {
    return new IOException("the connection ended before the answer did");
  }

  /** Ends it, whatever it waits for. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no use any more.
    }
  }

  /** What of the head matters. */
  private static final class Headers {

    private @Nullable String retryAfter;
    private long length = -1;
    private boolean isChunked;

    private static Headers read(PlainExchange exchange, InputStream in) throws IOException {
      Headers headers = new Headers();
      for (String line = exchange.line(in); !line.isEmpty(); line = exchange.line(in)) {
        exchange.headBytes += line.length();
        int colon = line.indexOf(':');
        if (colon <= 0 || exchange.headBytes > MAX_HEAD_BYTES) {
          throw malformed();
        }
        headers.take(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      return headers;
    }

    private void take(String name, String value) throws IOException {
      switch (name) {
        case "retry-after" -> retryAfter = retryAfter == null ? value : retryAfter;
        case "content-length" -> {
          int number = number(value, 10);
          if (number < 0 || (length >= 0 && length != number)) {
            throw malformed();
          }
          length = number;
        }
        case "transfer-encoding" -> {
          if (!value.equalsIgnoreCase("chunked")) {
            throw malformed();
          }
          isChunked = true;
        }
        default -> {
          // Of no interest.
        }
      }
    }
  }

  /** Collects a body within a limit. */
  private static final class Body {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final boolean isError;
    private final long limit;
    private boolean isCutOff;

    private Body(boolean isError, long limit) {
      this.isError = isError;
      this.limit = limit;
    }

    private void add(byte[] from, int at, int length) throws BodyLimits.TooLongException {
      if (bytes.size() + (long) length <= limit) {
        bytes.write(from, at, length);
      } else if (isError) {
        isCutOff = true;
      } else {
        throw new BodyLimits.TooLongException();
      }
    }
  }
}
