package lockstep.cli.audit;

import java.util.Optional;
import java.util.function.Consumer;
import lockstep.cli.api.Api;
import lockstep.cli.api.CommandException;
import tools.jackson.databind.JsonNode;

/** The audit events of a server, a page at a time. */
final class AuditPages {

  private final Api api;
  private final String address;

  /**
   * Asks at this address.
   *
   * @param address with everything but limit and cursor in its query
   */
  AuditPages(Api api, String address) {
    this.api = api;
    this.address = address;
  }

  /**
   * Gives page after page until there is no next one. A page can have few events, or none.
   *
   * @param cursor where to begin, if not with the first page
   * @param size how many events a page has at most
   */
  void forEach(Optional<String> cursor, int size, Consumer<Page> action) {
    Optional<String> next = cursor;
    do {
      Page page = page(next, size);
      action.accept(page);
      next = page.next();
    } while (next.isPresent());
  }

  /** One page. */
  Page page(Optional<String> cursor, int size) {
    String query = (address.contains("?") ? "&" : "?") + "limit=" + size;
    JsonNode answer = api.get(address + query + cursor.map(text -> "&cursor=" + text).orElse(""));
    if (!answer.path("data").isArray()) {
      throw new CommandException("what answers there is no Lockstep server (no /data)");
    }
    return new Page(answer.get("data"), answer.path("nextCursor").stringValueOpt());
  }

  /** Events, and where the next ones begin. */
  record Page(JsonNode events, Optional<String> next) {}
}
