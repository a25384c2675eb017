package lockstep.server.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what the edge reports. */
final class RecordedEvents implements HttpEvents {
  record Finished(String method, String route, int status, Duration duration, String requestId) {}

  record Fault(String requestId, Throwable fault) {}

  /** Whether it fails when it is asked about a failure. */
  volatile boolean isBroken;

  private final BlockingQueue<Finished> finished = new LinkedBlockingQueue<>();
  private final BlockingQueue<Fault> faults = new LinkedBlockingQueue<>();

  @Override
  public void requestFinished(
      String method, String route, int status, Duration duration, String requestId) {
    finished.add(new Finished(method, route, status, duration, requestId));
  }

  @Override
  public Optional<ApiException> outage(String requestId, Throwable failure) {
    if (isBroken) {
      throw new IllegalStateException("a broken listener");
    }
    return Optional.empty();
  }

  @Override
  public void serverFault(String requestId, Throwable fault) {
    faults.add(new Fault(requestId, fault));
  }

  Finished nextFinished() throws InterruptedException {
    Finished next = finished.poll(8, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request finished");
    }
    return next;
  }

  boolean hasFinished() {
    return !finished.isEmpty();
  }

  List<Fault> faults() {
    return new ArrayList<>(faults);
  }
}
