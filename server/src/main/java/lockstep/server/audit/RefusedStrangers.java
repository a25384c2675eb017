package lockstep.server.audit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Origin;
import lockstep.server.access.RateDecision;
import lockstep.server.access.RateLimit;
import lockstep.server.access.SlidingWindowLimiter;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import org.jspecify.annotations.Nullable;

/**
 * Puts on record that somebody whom nobody knows was refused something that exists: with a token
 * that is over, or with a link to an invite or a shared text. Of each thing and address one event a
 * minute, and of each thing so many whatever the addresses, so that nobody fills the log by asking;
 * the next event about the thing says how many there are not.
 */
public final class RefusedStrangers {

  /** Of each thing and address, on each server. */
  static final RateLimit OF_AN_ADDRESS = new RateLimit(1, Duration.ofMinutes(1));

  /** Of each thing, on each server. */
  static final RateLimit OF_A_THING = new RateLimit(10, Duration.ofMinutes(1));

  private static final int MAXIMUM_KEYS = 100_000;

  /** Things exist, but may be many: what is beyond is not counted. */
  private static final int MAXIMUM_COUNTS = 100_000;

  private final Audit audit;
  private final SlidingWindowLimiter<Asking> byAddress;
  private final SlidingWindowLimiter<UUID> byThing;
  private final Map<UUID, Long> unrecorded = new ConcurrentHashMap<>();

  /**
   * What was asked for, and the account that it belongs to, which the event is filed under.
   *
   * @param id of the thing
   * @param name what the event calls who asked
   * @param token if the thing is one
   */
  public record Thing(
      AuditedResource type,
      UUID id,
      OrganisationId organisation,
      AccountKind kind,
      AccountId account,
      String name,
      @Nullable UUID token) {

    @Override
    public String toString() {
      return "Thing[" + type + ", " + id + "]";
    }
  }

  private record Asking(UUID thing, String address) {}

  /**
   * Records with this.
   *
   * @param nanoTime a clock that never goes back
   */
  public RefusedStrangers(Audit audit, LongSupplier nanoTime) {
    this.audit = audit;
    this.byAddress = new SlidingWindowLimiter<>(MAXIMUM_KEYS, nanoTime);
    this.byThing = new SlidingWindowLimiter<>(MAXIMUM_KEYS, nanoTime);
  }

  /**
   * Makes the event of a refusal durable, unless there are enough.
   *
   * @param reason why, in words of the program alone
   */
  public void record(Thing thing, Origin origin, String reason) {
    boolean enough =
        byAddress.request(new Asking(thing.id(), origin.clientAddressText()), OF_AN_ADDRESS)
                instanceof RateDecision.Throttled
            || byThing.request(thing.id(), OF_A_THING) instanceof RateDecision.Throttled;
    if (enough) {
      count(thing.id(), 1);
      return;
    }
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("reason", reason);
    Long missed = unrecorded.remove(thing.id());
    if (missed != null) {
      details.put("unrecorded", missed);
    }
    try {
      audit.recordRefusalDurably(
          thing,
          origin,
          AuditEvent.of(AuditAction.REFUSE, thing.type(), thing.id(), "Stranger refused", details));
    } catch (RuntimeException e) {
      if (missed != null) {
        count(thing.id(), missed);
      }
      throw e;
    }
  }

  private void count(UUID thing, long more) {
    if (unrecorded.size() < MAXIMUM_COUNTS || unrecorded.containsKey(thing)) {
      unrecorded.merge(thing, more, Long::sum);
    }
  }
}
