package lockstep.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A response as it came over the wire. */
public record RawResponse(int status, String reason, List<String> headerLines, String body) {
  public Optional<String> header(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return headerLines.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(line -> line.substring(prefix.length()).strip())
        .findFirst();
  }

  /** Status and body in one line, for comparing both at once. */
  public String summary() {
    return status + " " + body;
  }
}
