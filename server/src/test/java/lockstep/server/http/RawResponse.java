package lockstep.server.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A response as it came over the wire. */
public record RawResponse(int status, String reason, List<String> headerLines, String body) {
  /** The only line of a header: this server sends none twice. */
  public Optional<String> header(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    List<String> values =
        headerLines.stream()
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
            .map(line -> line.substring(prefix.length()).strip())
            .toList();
    if (values.size() > 1) {
      throw new AssertionError(name + " is there " + values.size() + " times");
    }
    return values.stream().findFirst();
  }

  /** Status and body in one line, for comparing both at once. */
  public String summary() {
    return status + " " + body;
  }
}
