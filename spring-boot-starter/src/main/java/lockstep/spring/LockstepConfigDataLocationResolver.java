package lockstep.spring;

import java.util.List;
import lockstep.client.LockstepClient;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationResolver;
import org.springframework.boot.context.config.ConfigDataLocationResolverContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;

/** Understands locations that begin with {@code lockstep:}. */
final class LockstepConfigDataLocationResolver
    implements ConfigDataLocationResolver<LockstepResource> {

  private static final String PREFIX = "lockstep:";

  @Override
  public boolean isResolvable(
      ConfigDataLocationResolverContext context, ConfigDataLocation location) {
    return location.hasPrefix(PREFIX);
  }

  @Override
  public List<LockstepResource> resolve(
      ConfigDataLocationResolverContext context, ConfigDataLocation location) {
    LockstepSettings settings = LockstepSettings.of(context.getBinder());
    if (location.isOptional() && !settings.areGiven(System.getenv())) {
      return List.of();
    }
    try {
      LockstepResource resource =
          LockstepResource.parse(location.getNonPrefixedValue(PREFIX), location.isOptional());
      shareClient(settings, context.getBootstrapContext());
      return List.of(resource);
    } catch (IllegalArgumentException e) {
      throw new LockstepSettingsException(e.getMessage());
    }
  }

  /** One client for all locations, which the application may use as well. */
  private static void shareClient(
      LockstepSettings settings, ConfigurableBootstrapContext bootstrap) {
    if (bootstrap.isRegistered(LockstepClient.class)) {
      return;
    }
    LockstepClient client = settings.client(System.getenv());
    bootstrap.register(LockstepClient.class, InstanceSupplier.of(client));
    bootstrap.addCloseListener(event -> handOver(client, event.getApplicationContext()));
  }

  private static void handOver(LockstepClient client, ConfigurableApplicationContext application) {
    application.getBeanFactory().registerSingleton("lockstepClient", client);
    ApplicationListener<ContextClosedEvent> close =
        event -> {
          if (event.getApplicationContext().equals(application)) {
            client.close();
          }
        };
    application.addApplicationListener(close);
  }
}
