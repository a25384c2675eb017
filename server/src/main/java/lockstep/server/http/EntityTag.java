package lockstep.server.http;

import java.util.Arrays;
import java.util.Optional;

/**
 * Strong entity tags (RFC 9110, 8.8.3), by which clients ask whether what they have is still so.
 */
public final class EntityTag {

  private EntityTag() {}

  /**
   * Whether the request says that its client has this already.
   *
   * @param tag with its quotation marks
   */
  public static boolean isKnown(Call call, String tag) {
    Optional<String> known = call.header("If-None-Match");
    return known.isPresent() && isAmong(known.get(), tag);
  }

  /** A star matches anything, as the standard wants it for what exists. */
  private static boolean isAmong(String list, String tag) {
    return list.strip().equals("*")
        || Arrays.stream(list.split(",", -1))
            .map(String::strip)
            .map(one -> one.startsWith("W/") ? one.substring(2) : one)
            .anyMatch(tag::equals);
  }
}
