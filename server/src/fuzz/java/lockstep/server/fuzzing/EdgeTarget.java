package lockstep.server.fuzzing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lockstep.server.ServerUnderTest;
import lockstep.server.http.ApiException;
import lockstep.server.http.Json;
import lockstep.server.testing.Backend;
import lockstep.server.testing.TestApp;
import lockstep.server.testing.TestOrganisation;

/**
 * Bytes on a connection of a real server on SQLite, with all its routes. {@code {token}}, {@code
 * {app}}, {@code {env}} and {@code {secret}} stand for what exists, so that input gets beyond the
 * refusals.
 *
 * <p>Whatever is sent, there is an answer or the connection is closed; an answer is none of 500; an
 * error has a text as {@code error} and nothing of the program in it; and the next good request is
 * served.
 */
public final class EdgeTarget {

  private static final int PATIENCE_MILLIS = 45_000;
  private static final int INPUTS_BETWEEN_GOOD_REQUESTS = 8;
  private static final Set<Integer> DOCUMENTED_FAILURES = Set.of(503, 505);
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 ([0-9]{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n");
  private static final Pattern LENGTH =
      Pattern.compile("^content-length: ([0-9]+)$", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
  private static final Pattern OF_THE_PROGRAM =
      Pattern.compile(
          "\\bat [a-z]+(\\.\\w+)+\\(|(java|lockstep|org|tools)\\.\\w+\\.\\w+|Exception\\b");
  private static final AtomicLong INPUTS = new AtomicLong();

  private EdgeTarget() {}

  /** What there is to send requests to. */
  private static final class World {

    private static final ServerUnderTest SERVER =
        ServerUnderTest.start(
            Backend.SQLITE,
            // The first request is slow: all that serves it has to be loaded and changed first.
            Map.of("LOCKSTEP_IDLE_SECONDS", "15", "LOCKSTEP_MAX_BODY_BYTES", "8192"));
    private static final Map<String, String> NAMES = names();

    private static Map<String, String> names() {
      TestOrganisation organisation = TestOrganisation.create(SERVER);
      TestApp app = organisation.app("shop");
      String secret =
          organisation
              .owner()
              .post(app.secrets(), TestApp.body(TestApp.secret("KEY", "value")))
              .is(201)
              .json()
              .get(0)
              .get("id")
              .stringValue();
      String authorization = organisation.owner().headers().getOrDefault("Authorization", "");
      return Map.of(
          "{token}",
          authorization,
          "{app}",
          app.id(),
          "{env}",
          app.environment("Development"),
          "{secret}",
          secret);
    }
  }

  /** Jazzer calls it first, and does not take the time for that of an input. */
  public static void fuzzerInitialize() throws IOException {
    fuzzerTestOneInput(new byte[0]);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) throws IOException {
    String request = new String(data, ISO_8859_1);
    for (Map.Entry<String, String> name : World.NAMES.entrySet()) {
      request = request.replace(name.getKey(), name.getValue());
    }
    check(exchange(request.getBytes(ISO_8859_1)));
    if (INPUTS.incrementAndGet() % INPUTS_BETWEEN_GOOD_REQUESTS == 0) {
      String answer = exchange("GET /health/ HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(ISO_8859_1));
      require(answer.startsWith("HTTP/1.1 200 "), "a good request was answered with", answer);
    }
  }

  private static String exchange(byte[] request) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), World.SERVER.uri().getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
      } catch (IOException e) {
        // The server may answer and hang up before it has everything.
      }
      return received(socket);
    }
  }

  private static String received(Socket socket) throws IOException {
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[8192];
    try {
      for (int n = socket.getInputStream().read(buffer);
          n >= 0;
          n = socket.getInputStream().read(buffer)) {
        text.append(new String(buffer, 0, n, ISO_8859_1));
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("neither an end nor more after: " + text, e);
    } catch (IOException e) {
      // Reset, because it had hung up before everything was sent.
    }
    return text.toString();
  }

  private static void check(String answers) {
    Matcher head = HEAD.matcher(answers);
    int at = 0;
    while (at < answers.length()) {
      head.region(at, answers.length());
      if (!head.lookingAt()) {
        // Cut off by a reset.
        require(
            "HTTP/1.1 ".regionMatches(0, answers, at, Math.min(9, answers.length() - at)),
            "no answer",
            answers);
        return;
      }
      Matcher length = LENGTH.matcher(head.group(2));
      // Without a length, to the end: in chunks, or to HTTP/1.0.
      int declared =
          length.find() ? Integer.parseInt(length.group(1)) : answers.length() - head.end();
      int body = head.end();
      boolean isOfHead = answers.startsWith("HTTP/1.1 ", body) || body == answers.length();
      int end = isOfHead ? body : Math.min(body + declared, answers.length());
      check(Integer.parseInt(head.group(1)), answers.substring(body, end), end - body < declared);
      at = end;
    }
  }

  private static void check(int status, String body, boolean isCut) {
    require(status < 500 || DOCUMENTED_FAILURES.contains(status), "status " + status, body);
    if (status < 400 || isCut || body.isEmpty()) {
      return;
    }
    require(!OF_THE_PROGRAM.matcher(body).find(), "something of the program", body);
    require(hasText(body), "an error of another form with status " + status, body);
  }

  private static boolean hasText(String body) {
    try {
      return Json.parse(body.getBytes(ISO_8859_1))
          .value("error")
          .flatMap(error -> error.text())
          .filter(text -> !text.isEmpty())
          .isPresent();
    } catch (ApiException notJson) {
      return false;
    }
  }

  private static void require(boolean isSo, String what, String answer) {
    if (!isSo) {
      throw new AssertionError(
          what + ": " + new String(answer.getBytes(ISO_8859_1), StandardCharsets.UTF_8));
    }
  }
}
