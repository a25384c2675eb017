package lockstep.bench;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request as the generators send it; the body is empty if there is none. */
record Request(String method, String path, Map<String, String> headers, String body) {

  Request {
    headers = new LinkedHashMap<>(headers);
  }

  static Request get(String path, Map<String, String> headers) {
    return new Request("GET", path, headers, "");
  }

  Request with(String header, String content) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, content);
    return new Request(method, path, more, body);
  }

  /** As it goes over the connection. */
  byte[] bytes(String host) {
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: ").append(host);
    headers.forEach(
        (name, content) -> text.append("\r\n").append(name).append(": ").append(content));
    if (!body.isEmpty()) {
      text.append("\r\nContent-Length: ").append(body.getBytes(StandardCharsets.UTF_8).length);
    }
    return text.append("\r\n\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Without its headers, which hold a token. */
  @Override
  public String toString() {
    return method + " " + path;
  }
}
