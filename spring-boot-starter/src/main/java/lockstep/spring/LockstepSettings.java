package lockstep.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import lockstep.client.LockstepClient;
import lockstep.client.LockstepClientBuilder;
import lockstep.client.OfflineCache;
import lockstep.client.ReferenceMode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.convert.DurationUnit;

/** The properties that begin with {@code lockstep}. */
record LockstepSettings(
    @Nullable String address,
    @Nullable String token,
    @Nullable Boolean allowPlainHttp,
    @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration timeout,
    @Nullable ReferenceMode references,
    @Nullable Path offlineCache,
    @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration refresh) {

  private static final Duration SHORTEST_REFRESH = Duration.ofSeconds(1);

  /**
   * What is set; durations without a unit are in seconds.
   *
   * @throws LockstepSettingsException if secrets are to be looked for too often, or never
   */
  static LockstepSettings of(Binder binder) {
    LockstepSettings settings =
        binder
            .bind("lockstep", LockstepSettings.class)
            .orElseGet(() -> new LockstepSettings(null, null, null, null, null, null, null));
    if (settings.refresh != null && settings.refresh.compareTo(SHORTEST_REFRESH) < 0) {
      throw new LockstepSettingsException(
          "lockstep.refresh must be a second or more; leave it out to look for no changes");
    }
    return settings;
  }

  /** Whether anything says where the secrets are. */
  boolean areGiven(Map<String, String> variables) {
    return address != null || token != null || variables.containsKey("PHASE_SERVICE_TOKEN");
  }

  /**
   * A client with these settings.
   *
   * @param variables where to look for the names that Phase uses, if there is neither address nor
   *     token
   * @throws IllegalArgumentException if address or token are missing or not legal
   */
  LockstepClient client(Map<String, String> variables) {
    LockstepClientBuilder builder = LockstepClient.builder().userAgent("lockstep-spring-boot");
    if (address == null && token == null) {
      builder.fromEnvironment(variables);
    } else if (address == null || token == null) {
      throw new IllegalArgumentException(
          "both lockstep.address and lockstep.token have to be set; "
              + (address == null ? "lockstep.address" : "lockstep.token")
              + " is missing");
    } else {
      builder.address(address).token(token);
    }
    if (Boolean.TRUE.equals(allowPlainHttp)) {
      builder.allowPlainHttp();
    }
    if (timeout != null) {
      builder.timeout(timeout);
    }
    if (references != null) {
      builder.references(references);
    }
    if (offlineCache != null) {
      builder.offlineCache(OfflineCache.in(offlineCache));
    }
    return builder.build();
  }

  @Override
  public String toString() {
    return "LockstepSettings[" + address + "]";
  }
}
