package lockstep.spring;

import java.util.Objects;
import lockstep.client.LockstepClient;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/** Looks for changed secrets if {@code lockstep.refresh} is set and a location was imported. */
@AutoConfiguration
@ConditionalOnBean(LockstepClient.class)
final class LockstepAutoConfiguration {

  @Bean
  @ConditionalOnProperty("lockstep.refresh")
  LockstepRefresh lockstepRefresh(
      LockstepClient client,
      ConfigurableEnvironment environment,
      ApplicationEventPublisher events) {
    return new LockstepRefresh(
        client,
        environment,
        events,
        Objects.requireNonNull(LockstepSettings.of(Binder.get(environment)).refresh()));
  }
}
