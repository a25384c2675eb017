package lockstep.spring;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import lockstep.client.CancelledException;
import lockstep.client.LockstepClient;
import lockstep.client.LockstepException;
import lockstep.client.SecretValues;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;

/**
 * Looks for changed secrets again and again, one pause after the end of the last look. While the
 * server does not answer, the values that are there stay.
 */
final class LockstepRefresh implements SmartLifecycle, DisposableBean {

  private static final Log LOG = LogFactory.getLog(LockstepRefresh.class);

  private final LockstepClient client;
  private final ConfigurableEnvironment environment;
  private final ApplicationEventPublisher events;
  private final Duration pause;
  private @Nullable ScheduledExecutorService timer;

  LockstepRefresh(
      LockstepClient client,
      ConfigurableEnvironment environment,
      ApplicationEventPublisher events,
      Duration pause) {
    this.client = client;
    this.environment = environment;
    this.events = events;
    this.pause = pause;
  }

  @Override
  public synchronized void start() {
    if (timer == null) {
      timer =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().daemon().name("lockstep-refresh").factory());
      // Nothing to wait for: look() lets no exception out.
      var _ =
          timer.scheduleWithFixedDelay(
              this::look, pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Ends a look that is under way. */
  @Override
  public synchronized void stop() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }

  /** If a start fails, the beans are destroyed without having been stopped. */
  @Override
  public void destroy() {
    stop();
  }

  @Override
  public synchronized boolean isRunning() {
    return timer != null;
  }

  /** An exception that escapes would end the looking for ever. */
  private void look() {
    try {
      refresh();
    } catch (CancelledException e) {
      LOG.debug("stopped looking for changed secrets");
    } catch (RuntimeException e) {
      if (!isRunning()) {
        LOG.debug("stopped looking for changed secrets", e);
        return;
      }
      LOG.error("a listener to changed secrets failed", e);
    }
  }

  /** Looks once. */
  void refresh() {
    MutablePropertySources sources = environment.getPropertySources();
    Set<String> changed = new HashSet<>();
    for (PropertySource<?> source : sources) {
      if (source instanceof LockstepPropertySource present) {
        changed.addAll(refresh(sources, present));
      }
    }
    if (!changed.isEmpty()) {
      events.publishEvent(new LockstepSecretsChangedEvent(this, changed));
    }
  }

  private Set<String> refresh(MutablePropertySources sources, LockstepPropertySource present) {
    try {
      SecretValues values = present.resource().read(client);
      if (values.freshness().isStale()) {
        LOG.warn(present.resource() + " could only be read from the cache, its values stay");
        return Set.of();
      }
      LockstepPropertySource read = new LockstepPropertySource(present.resource(), values);
      Set<String> differences = present.differences(read);
      if (!differences.isEmpty()) {
        sources.replace(present.getName(), read);
      }
      return differences;
    } catch (CancelledException e) {
      throw e;
    } catch (LockstepException e) {
      LOG.warn(present.resource() + " could not be read, its values stay: " + e.getMessage());
      return Set.of();
    }
  }
}
