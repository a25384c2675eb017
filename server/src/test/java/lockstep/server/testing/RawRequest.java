package lockstep.server.testing;

import java.nio.charset.StandardCharsets;
import lockstep.server.http.RawClient;
import lockstep.server.http.RawResponse;

/** Requests as bytes, for targets and methods that an ordinary client would not send. */
public final class RawRequest {

  private RawRequest() {}

  /** Sends a request without a body. */
  public static RawResponse send(TestCaller caller, String method, String target) {
    return send(caller, method, target, new byte[0]);
  }

  /** Sends a request with a body of declared length. */
  public static RawResponse send(TestCaller caller, String method, String target, byte[] body) {
    String head = head(caller, method, target) + "Content-Length: " + body.length + "\r\n\r\n";
    try (RawClient client = new RawClient(caller.server().getPort())) {
      client.send(head.getBytes(StandardCharsets.ISO_8859_1)).send(body);
      return method.equals("HEAD") ? client.receiveHead() : client.receive();
    }
  }

  /** Sends this start of a request, which need not be a whole one, and awaits the answer. */
  public static RawResponse begin(
      TestCaller caller, String method, String target, String restOfHead, byte[] content) {
    try (RawClient client = new RawClient(caller.server().getPort())) {
      client.send(head(caller, method, target) + restOfHead + "\r\n").send(content);
      return client.receive();
    }
  }

  private static String head(TestCaller caller, String method, String target) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: test\r\n");
    caller.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head.toString();
  }
}
