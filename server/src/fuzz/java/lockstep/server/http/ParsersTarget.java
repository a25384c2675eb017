package lockstep.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import lockstep.server.net.AddressLiteral;
import lockstep.server.net.AddressRange;

/**
 * The parsers of what clients write, one for each first byte: a value comes of it or a refusal that
 * clients are told, never another exception.
 */
public final class ParsersTarget {

  private ParsersTarget() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    try {
      parse(data[0], rest);
    } catch (ApiException refused) {
      if (refused.status() != 400) {
        throw refused;
      }
    }
  }

  private static void parse(byte which, byte[] input) {
    switch (which) {
      case 'j' -> json(input);
      case 'q' -> query(new String(input, ISO_8859_1));
      case 'p' -> path(new String(input, ISO_8859_1));
      case 'a' -> address(new String(input, ISO_8859_1));
      case 't' -> text(new String(input, UTF_8));
      default -> {
        // Nobody's.
      }
    }
  }

  private static void json(byte[] input) {
    Fields fields = Json.parse(input);
    for (String name : fields.names()) {
      JsonValue value = fields.value(name).orElseThrow();
      long types =
          List.of(value.text(), value.flag(), value.integer(), value.list(), value.object())
              .stream()
              .filter(Optional::isPresent)
              .count();
      require(types <= 1, "several types");
    }
  }

  private static void query(String input) {
    Query query = Query.parse(input);
    query.text("app_id").ifPresent(text -> require(text.indexOf(0) < 0, "a zero"));
    query.flag("app_id");
    query.id("app_id");
  }

  private static void path(String input) {
    RequestPath.parse(input);
  }

  private static void address(String input) {
    AddressLiteral.parse(input);
    AddressRange.parse(input)
        .ifPresent(
            range ->
                require(
                    AddressRange.parse(range.toString()).equals(Optional.of(range)),
                    "another range"));
  }

  private static void text(String input) {
    String clean = CleanText.clean(input);
    require(CleanText.clean(clean).equals(clean), "not clean");
  }

  private static void require(boolean isSo, String what) {
    if (!isSo) {
      throw new AssertionError(what);
    }
  }
}
