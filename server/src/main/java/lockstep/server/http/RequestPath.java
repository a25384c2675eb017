package lockstep.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request path, cut into segments as the client wrote them: nothing is decoded, resolved or
 * tidied, except that leading slashes count as one and the prefixes of {@link #PREFIXES} are taken
 * off. What is ambiguous is no path: empty, {@code .} and {@code ..} segments, {@code ;}, {@code
 * \}, and whatever a URI cannot hold. So the router and every check see the same text.
 *
 * @param segments without the empty one that a trailing slash makes
 */
record RequestPath(List<String> segments) {
  /** Each is taken off at most once, in this order. */
  private static final List<String> PREFIXES = List.of("service", "public");

  private static final String PUNCTUATION = "-._~!$&'()*+,=:@%";

  static Optional<RequestPath> parse(String raw) {
    if (!raw.startsWith("/")) {
      return Optional.empty();
    }
    int start = 0;
    while (start < raw.length() && raw.charAt(start) == '/') {
      start++;
    }
    List<String> segments = new ArrayList<>();
    while (start < raw.length()) {
      int end = raw.indexOf('/', start);
      if (end < 0) {
        end = raw.length();
      }
      String segment = raw.substring(start, end);
      if (!legal(segment)) {
        return Optional.empty();
      }
      segments.add(segment);
      start = end + 1;
    }
    int prefixed = 0;
    for (String prefix : PREFIXES) {
      if (prefixed < segments.size() && segments.get(prefixed).equals(prefix)) {
        prefixed++;
      }
    }
    return Optional.of(new RequestPath(List.copyOf(segments.subList(prefixed, segments.size()))));
  }

  /** The text of a parameter, decoded; nothing when it decodes to more or less than one segment. */
  static Optional<String> decode(String segment) {
    return PercentDecoder.path(segment)
        .filter(text -> !text.isEmpty() && !text.equals(".") && !text.equals(".."))
        .filter(
            text ->
                text.chars()
                    .noneMatch(c -> c == '/' || c == '\\' || c < 0x20 || (c >= 0x7F && c <= 0x9F)));
  }

  private static boolean legal(String segment) {
    if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
      return false;
    }
    for (int i = 0; i < segment.length(); i++) {
      if (!legal(segment.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean legal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || PUNCTUATION.indexOf(c) >= 0;
  }

  /** Without prefix, with a trailing slash. */
  String text() {
    return segments.isEmpty() ? "/" : "/" + String.join("/", segments) + "/";
  }
}
