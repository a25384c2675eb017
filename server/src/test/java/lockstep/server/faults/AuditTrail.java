package lockstep.server.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import lockstep.server.faults.Ledger.Problem;
import lockstep.server.testing.TestCaller;
import tools.jackson.databind.JsonNode;

/** Follows the audit events of an organisation, and knows which requests they are about. */
final class AuditTrail {

  private static final Set<String> CHANGES = Set.of("create", "update", "delete");

  private final Map<String, Integer> changes = new HashMap<>();
  private final Set<String> reads = new HashSet<>();
  private long newest;

  /** Reads the events that were recorded since the last time. */
  void follow(TestCaller caller) {
    boolean isEnd;
    do {
      JsonNode page = caller.get("/v1/audit/chain/?limit=1000&cursor=" + newest).is(200).json();
      page.get("data").forEach(this::add);
      isEnd = page.get("nextCursor").isNull();
    } while (!isEnd);
  }

  /** Leaves out the events that were recorded so far. */
  void begin(TestCaller caller) {
    follow(caller);
    changes.clear();
    reads.clear();
  }

  private void add(JsonNode event) {
    newest = event.get("sequence").longValue();
    String action = event.get("action").stringValue();
    String request = event.get("requestId").stringValue();
    if (!event.get("resourceType").stringValue().equals("secret")) {
      return;
    }
    if (CHANGES.contains(action)) {
      changes.merge(request, 1, Integer::sum);
    } else if (action.equals("read")) {
      reads.add(request);
    }
  }

  /**
   * Compares with what was answered.
   *
   * @param happened how many more changes happened
   */
  List<Problem> compare(Set<String> acknowledged, long happened, Set<String> answered) {
    List<Problem> problems = new ArrayList<>();
    for (String request : acknowledged) {
      int events = changes.getOrDefault(request, 0);
      if (events != 1) {
        problems.add(
            new Problem("the change of request %s has %d events".formatted(request, events)));
      }
    }
    if (changes.size() != acknowledged.size() + happened) {
      problems.add(
          new Problem(
              "%d requests that changed something are on record, but %d were acknowledged and %d"
                      .formatted(changes.size(), acknowledged.size(), happened)
                  + " happened without that"));
    }
    for (String request : answered) {
      if (!reads.contains(request)) {
        problems.add(new Problem("the read of request %s has no event".formatted(request)));
      }
    }
    return problems;
  }
}
