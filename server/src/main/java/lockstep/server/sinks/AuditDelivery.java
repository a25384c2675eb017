package lockstep.server.sinks;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import lockstep.server.audit.AuditUnavailableException;
import lockstep.server.audit.Claim;
import lockstep.server.audit.Delivery;
import lockstep.server.metrics.Metrics;
import lockstep.server.sinks.DeliveryStore.Behind;
import lockstep.server.sinks.Progress.Outcome;
import lockstep.server.store.Database;
import org.jooq.DSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers the audit events of all organisations to one sink, each chain in its order.
 *
 * <p>What was committed is read from the database and given to the sink; then the position is
 * stored. So after a crash, wherever it came, an event may be delivered again, which its number
 * shows, but none is left out. Of several servers one delivers, as long as it renews its {@link
 * Claim}; the others look at how far it has come.
 *
 * <p>If delivery is required, {@link #committed} returns once the events are with the sink, and
 * fails as soon as an attempt does; then {@link #requireWorking} refuses everything until one
 * succeeds. A failed attempt is repeated until it does, so recovery needs no request.
 */
public final class AuditDelivery implements Delivery, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditDelivery.class);

  /** Beyond, a request has waited long enough. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
  private static final Duration MUCH_BEHIND = Duration.ofMinutes(5);

  private static final int EVENTS_AT_ONCE = 500;
  private static final long BYTES_AT_ONCE = 1 << 20;

  private static final long IDLE_MILLIS = 500;
  private static final long GATHERING_MILLIS = 100;
  private static final long WATCHING_MILLIS = 20;
  private static final long FIRST_RETRY_MILLIS = 100;
  private static final long LAST_RETRY_MILLIS = 1_000;

  /** For so long what is left is delivered at the end. */
  private static final Duration LAST_ROUNDS = Duration.ofSeconds(10);

  /** Then whatever the sink is at is given up. */
  private static final Duration END = Duration.ofSeconds(20);

  private static final Duration AFTER_THE_END = Duration.ofSeconds(2);

  private final Database database;
  private final SinkSettings settings;
  private final Sink sink;
  private final Claim claim;
  private final Metrics.AuditSink metrics;
  private final LongSupplier nanoTime;
  private final long idleMillis;
  private final Duration end;
  private final Progress progress = new Progress();
  private final Thread thread;

  // Of the thread alone.
  private long retryMillis = FIRST_RETRY_MILLIS;
  private long nextWarning;
  private long upToDateAt;
  private Optional<UUID> served = Optional.empty();

  /** What a round of the thread came to. */
  private enum Round {
    /** There is more to do. */
    MORE,
    IDLE,
    FAILED,
    /** Another server delivers. */
    WATCHING
  }

  private AuditDelivery(
      Database database,
      SinkSettings settings,
      Sink sink,
      Claim claim,
      boolean alone,
      Metrics.AuditSink metrics,
      LongSupplier nanoTime,
      Duration end) {
    this.end = end;
    this.database = database;
    this.settings = settings;
    this.sink = sink;
    this.claim = claim;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    // Of what other servers commit nobody is told, and their requests may be waiting.
    this.idleMillis = settings.required() && !alone ? WATCHING_MILLIS : IDLE_MILLIS;
    this.nextWarning = nanoTime.getAsLong();
    this.upToDateAt = nanoTime.getAsLong();
    this.thread = Thread.ofPlatform().name("audit-delivery").daemon().start(this::run);
  }

  /**
   * Begins to deliver.
   *
   * @param database where events are, and positions are stored
   * @param alone whether no other process can use the database
   * @throws IllegalArgumentException if the sink's certificates cannot be used
   */
  public static AuditDelivery start(
      Database database, SinkSettings settings, boolean alone, Metrics metrics, Clock clock) {
    Earlier earlier =
        (organisation, after) ->
            database.read(
                db -> DeliveryStore.events(db, organisation, after, EVENTS_AT_ONCE, BYTES_AT_ONCE));
    return start(
        database, settings, Sinks.of(settings, earlier, clock), alone, metrics, clock, END);
  }

  /**
   * @param end how long the end may take
   */
  static AuditDelivery start(
      Database database,
      SinkSettings settings,
      Sink sink,
      boolean alone,
      Metrics metrics,
      Clock clock,
      Duration end) {
    return new AuditDelivery(
        database,
        settings,
        sink,
        new Claim(database, "delivery " + settings.name(), alone, clock),
        alone,
        metrics.auditSink(),
        System::nanoTime,
        end);
  }

  /** Whether requests are refused because events cannot be delivered. */
  public boolean isRefusing() {
    return settings.required() && progress.isFailing();
  }

  @Override
  public void requireWorking() {
    if (isRefusing()) {
      throw AuditUnavailableException.notBegun("the audit sink " + settings.name() + " fails");
    }
  }

  @Override
  public void committed(Map<UUID, Long> newest) {
    if (!settings.required()) {
      progress.wake();
      return;
    }
    Outcome outcome = progress.await(newest, PATIENCE.toNanos());
    if (outcome != Outcome.DELIVERED) {
      throw AuditUnavailableException.notDelivered(
          "the audit sink "
              + settings.name()
              + switch (outcome) {
                case FAILED -> " fails";
                case TIMED_OUT -> " did not get so far in time";
                default -> " is closed";
              });
    }
  }

  /**
   * How far a chain was delivered, as stored in the database that this context sees.
   *
   * @return the number of the newest event that was
   */
  public long delivered(DSLContext db, UUID organisation) {
    return DeliveryStore.delivered(db, settings.name(), organisation).orElse(0L);
  }

  private void run() {
    try {
      while (!progress.isClosed()) {
        switch (round()) {
          case MORE -> {}
          case IDLE -> {
            progress.pause(idleMillis, false);
            if (!settings.required()) {
              progress.pause(GATHERING_MILLIS, true);
            }
          }
          case FAILED -> {
            progress.pause(retryMillis, true);
            retryMillis = Math.min(2 * retryMillis, LAST_RETRY_MILLIS);
          }
          case WATCHING ->
              progress.pause(
                  progress.isAnybodyWaiting() ? WATCHING_MILLIS : IDLE_MILLIS,
                  progress.isAnybodyWaiting());
        }
      }
      finish();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Round round() {
    try {
      if (!claim.hold()) {
        watch();
        metrics.works();
        retryMillis = FIRST_RETRY_MILLIS;
        return Round.WATCHING;
      }
      if (sink.repeat()) {
        return Round.MORE;
      }
      boolean more = deliverSome();
      if (!more) {
        sink.keep();
      }
      worked();
      return more ? Round.MORE : Round.IDLE;
    } catch (Throwable e) { // Whatever it is: without this thread nothing is delivered any more.
      failed(e);
      return Round.FAILED;
    }
  }

  /** Returns whether there is more. */
  private boolean deliverSome() throws IOException {
    progress.begin();
    Waiting waiting = database.read(this::waiting);
    measure(waiting.behind());
    if (waiting.events().isEmpty()) {
      progress.reached(waiting.delivered());
      return false;
    }
    sink.deliver(waiting.events());
    served = Optional.of(waiting.events().getLast().organisation());
    Map<UUID, SinkEvent> last = DeliveryStore.last(waiting.events());
    progress.failing(false);
    Map<UUID, Long> positions = new HashMap<>(waiting.delivered());
    last.forEach((organisation, event) -> positions.put(organisation, event.sequence()));
    progress.reached(positions);
    metrics.delivered(waiting.events().size());
    store(last);
    return true;
  }

  /**
   * @param delivered how far each chain was delivered
   * @param events the next ones
   */
  private record Waiting(Map<UUID, Long> delivered, List<Behind> behind, List<SinkEvent> events) {}

  private Waiting waiting(DSLContext db) {
    List<Behind> behind = DeliveryStore.behind(db, settings.name());
    List<SinkEvent> events = new ArrayList<>();
    long bytes = 0;
    for (Behind chain : inTurn(behind, served)) {
      if (events.size() >= EVENTS_AT_ONCE || bytes >= BYTES_AT_ONCE) {
        break;
      }
      List<SinkEvent> some =
          DeliveryStore.events(
              db,
              chain.organisation(),
              chain.delivered(),
              EVENTS_AT_ONCE - events.size(),
              BYTES_AT_ONCE - bytes);
      bytes += some.stream().mapToLong(event -> event.json().length).sum();
      events.addAll(some);
    }
    return new Waiting(DeliveryStore.delivered(db, settings.name()), behind, events);
  }

  /**
   * Chains after the one that was served last, then the others: one in which much happens does not
   * hold up the rest.
   */
  static List<Behind> inTurn(List<Behind> behind, Optional<UUID> served) {
    List<Behind> sorted =
        behind.stream().sorted(Comparator.comparing(Behind::organisation)).toList();
    List<Behind> inTurn = new ArrayList<>(sorted);
    served.ifPresent(
        last -> {
          int before =
              (int) sorted.stream().filter(one -> one.organisation().compareTo(last) <= 0).count();
          Collections.rotate(inTurn, -before);
        });
    return inTurn;
  }

  /**
   * Without the claim any more, another server may be further already, or behind. And the database
   * may have failed over since the events were read: a position of events that are lost would leave
   * out those that got their numbers.
   */
  private void store(Map<UUID, SinkEvent> last) {
    database.write(
        db -> {
          if (claim.isHeld(db)) {
            Map<UUID, Long> positions = new HashMap<>();
            last.forEach(
                (organisation, event) -> {
                  if (DeliveryStore.has(db, event)) {
                    positions.put(organisation, event.sequence());
                  }
                });
            DeliveryStore.advance(db, settings.name(), positions);
          }
          return last;
        });
  }

  private void watch() {
    progress.begin();
    boolean failing =
        database.read(
            db -> {
              progress.reached(DeliveryStore.delivered(db, settings.name()));
              measure(DeliveryStore.behind(db, settings.name()));
              return claim.isFailingElsewhere(db);
            });
    progress.failing(failing);
  }

  private void measure(List<Behind> behind) {
    if (behind.isEmpty()) {
      upToDateAt = nanoTime.getAsLong();
    }
    long events = behind.stream().mapToLong(one -> one.newest() - one.delivered()).sum();
    Duration since = Duration.ofNanos(nanoTime.getAsLong() - upToDateAt);
    metrics.behind(events, behind.isEmpty() ? Duration.ZERO : since);
    if (!behind.isEmpty() && since.compareTo(MUCH_BEHIND) > 0) {
      warn(
          "the audit sink {} is behind: {} events wait, and it is {} since none did",
          settings.name(),
          events,
          Duration.ofSeconds(since.toSeconds()));
    }
  }

  private void failed(Throwable failure) {
    metrics.failed();
    if (!progress.isFailing()) {
      nextWarning = nanoTime.getAsLong();
    }
    progress.failing(true);
    warn(
        "the audit sink {} ({}) fails{}: {}",
        settings.name(),
        settings.address(),
        settings.required() ? ", and requests are refused" : "",
        failure.toString());
    try {
      claim.failing(true);
    } catch (RuntimeException e) { // Then other servers find out when their requests wait in vain.
      LOG.debug("that the audit sink fails was not stored", e);
    }
  }

  private void worked() {
    if (retryMillis != FIRST_RETRY_MILLIS) {
      LOG.info("the audit sink {} works again", settings.name());
      retryMillis = FIRST_RETRY_MILLIS;
    }
    metrics.works();
    progress.failing(false);
    claim.failing(false);
  }

  private void warn(String message, Object... arguments) {
    long now = nanoTime.getAsLong();
    if (now - nextWarning >= 0) {
      nextWarning = now + BETWEEN_WARNINGS.toNanos();
      LOG.warn(message, arguments);
    }
  }

  /** Delivers what is left, and lets another server go on. */
  private void finish() {
    long began = nanoTime.getAsLong();
    while (round() == Round.MORE && nanoTime.getAsLong() - began < LAST_ROUNDS.toNanos()) {
      // Until nothing is left.
    }
    try {
      claim.release();
    } catch (RuntimeException e) { // The next one to deliver goes on where the position is.
      LOG.warn("the audit sink {} was not left in order: {}", settings.name(), e.toString());
    }
  }

  /**
   * Delivers what is left, if the sink works, and lets another server go on. Takes half a minute at
   * most, whatever the sink does; what is not delivered by then is delivered after the next start.
   */
  @Override
  public void close() {
    progress.close();
    try {
      if (!thread.join(end)) {
        LOG.warn("the audit sink {} does not come to an end, and is cut off", settings.name());
        thread.interrupt();
        thread.join(AFTER_THE_END);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    } finally {
      sink.close();
    }
  }

  /** Why requests are refused, for those who ask whether the server is ready. */
  public Optional<String> obstacle() {
    return isRefusing()
        ? Optional.of("The audit sink cannot be reached right now.")
        : Optional.empty();
  }
}
