package lockstep.references;

import java.util.ArrayList;
import java.util.List;
import lockstep.references.Segment.Reference;
import lockstep.references.Segment.Text;
import org.jspecify.annotations.Nullable;

/**
 * Finds the references in a value:
 *
 * <pre>
 * reference   = "${" body "}"          body: one or more characters other than "{" and "}"
 * cross-app   = app "::" env "." target
 * cross-env   = env "." target         only if there is no "::"
 * local       = target                 only if there is no "."
 * target      = [ path "/" ] key
 * </pre>
 *
 * App and environment end at the first separator, the path at the last slash. What does not fit, or
 * leaves the app, environment or key empty, is text. Any text is a value, so parsing never fails.
 * It takes time in proportion to the length.
 */
final class ReferenceParser {

  private static final String START = "${";
  private static final String APP_END = "::";

  private ReferenceParser() {}

  /** The pieces of the value, in order, with no two texts side by side. */
  static List<Segment> parse(String value) {
    List<Segment> segments = new ArrayList<>();
    int textStart = 0;
    int start = value.indexOf(START);
    while (start >= 0) {
      int bodyStart = start + START.length();
      int bodyEnd = firstBrace(value, bodyStart);
      @Nullable Reference reference =
          bodyEnd < value.length() && value.charAt(bodyEnd) == '}'
              ? toReference(value.substring(bodyStart, bodyEnd))
              : null;
      if (reference != null) {
        addText(segments, value, textStart, start);
        segments.add(reference);
        textStart = bodyEnd + 1;
      }
      // A body that breaks off at a brace may hold the dollar sign of the next reference.
      start = value.indexOf(START, reference == null ? bodyStart : bodyEnd);
    }
    addText(segments, value, textStart, value.length());
    return List.copyOf(segments);
  }

  private static int firstBrace(String value, int from) {
    int i = from;
    while (i < value.length() && value.charAt(i) != '{' && value.charAt(i) != '}') {
      i++;
    }
    return i;
  }

  private static void addText(List<Segment> segments, String value, int from, int to) {
    if (from < to) {
      segments.add(new Text(value.substring(from, to)));
    }
  }

  private static @Nullable Reference toReference(String body) {
    int appEnd = body.indexOf(APP_END);
    if (body.indexOf('.') < 0) {
      return toReference(body, null, null, body);
    }
    int environmentStart = appEnd < 0 ? 0 : appEnd + APP_END.length();
    int environmentEnd = body.indexOf('.', environmentStart);
    if (appEnd == 0 || environmentEnd <= environmentStart) {
      return null;
    }
    return toReference(
        body,
        appEnd < 0 ? null : body.substring(0, appEnd),
        body.substring(environmentStart, environmentEnd),
        body.substring(environmentEnd + 1));
  }

  private static @Nullable Reference toReference(
      String body, @Nullable String app, @Nullable String environment, String target) {
    int keyStart = target.lastIndexOf('/') + 1;
    if (keyStart == target.length()) {
      return null;
    }
    return new Reference(
        app,
        environment,
        SecretPath.of(target.substring(0, keyStart)),
        target.substring(keyStart),
        START + body + "}");
  }
}
