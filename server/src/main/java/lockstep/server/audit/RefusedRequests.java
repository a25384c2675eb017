package lockstep.server.audit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import lockstep.server.access.Caller;
import lockstep.server.access.RateDecision;
import lockstep.server.access.RateLimit;
import lockstep.server.access.SlidingWindowLimiter;
import lockstep.server.http.ApiException;
import lockstep.server.http.Call;
import lockstep.server.ids.AccountId;

/**
 * Puts on record that known callers were refused what they may not do. Of each account so many in a
 * minute, so that nobody fills the log by asking; the next event that is recorded says how many
 * were not.
 */
public final class RefusedRequests {

  /** Of each account, on each server. */
  static final RateLimit RECORDED = new RateLimit(30, Duration.ofMinutes(1));

  private static final int MAXIMUM_ACCOUNTS = 100_000;
  private static final int FORBIDDEN = 403;

  private final Audit audit;
  private final SlidingWindowLimiter<AccountId> limiter;

  /** Accounts that exist and have asked too often, so there are few. */
  private final Map<AccountId, Long> unrecorded = new ConcurrentHashMap<>();

  /**
   * Records with this.
   *
   * @param nanoTime a clock that never goes back
   */
  public RefusedRequests(Audit audit, LongSupplier nanoTime) {
    this.audit = audit;
    this.limiter = new SlidingWindowLimiter<>(MAXIMUM_ACCOUNTS, nanoTime);
  }

  /**
   * Makes the event of a refusal durable, if it is one that says what the caller may not do and is
   * not on record yet.
   *
   * @param route the template of the route, which has nothing of the request in it
   */
  public void record(Caller caller, Call call, String route, ApiException refusal) {
    if (refusal.status() != FORBIDDEN || refusal.isOnRecord()) {
      return;
    }
    AccountId account = caller.account();
    if (limiter.request(account, RECORDED) instanceof RateDecision.Throttled) {
      unrecorded.merge(account, 1L, Long::sum);
      return;
    }
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("method", call.method());
    details.put("route", route);
    details.put("reason", Audit.cut(refusal.message()));
    Long missed = unrecorded.remove(account);
    if (missed != null) {
      details.put("unrecorded", missed);
    }
    AuditEvent event =
        new AuditEvent(
            AuditAction.REFUSE,
            AuditedResource.REQUEST,
            route.contains("/:id/") ? call.pathId("id") : Optional.empty(),
            Optional.empty(),
            "Request refused",
            details);
    try {
      audit.recordDurably(caller, List.of(event));
    } catch (RuntimeException e) {
      if (missed != null) {
        unrecorded.merge(account, missed, Long::sum);
      }
      throw e;
    }
  }
}
