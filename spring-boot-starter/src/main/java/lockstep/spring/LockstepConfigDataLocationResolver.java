package lockstep.spring;

import java.util.List;
import lockstep.client.LockstepClient;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.bootstrap.BootstrapRegistry.InstanceSupplier;
import org.springframework.boot.bootstrap.ConfigurableBootstrapContext;
import org.springframework.boot.context.config.ConfigDataLocation;
import org.springframework.boot.context.config.ConfigDataLocationResolver;
import org.springframework.boot.context.config.ConfigDataLocationResolverContext;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/** Understands locations that begin with {@code lockstep:}. */
final class LockstepConfigDataLocationResolver
    implements ConfigDataLocationResolver<LockstepResource> {

  private static final String PREFIX = "lockstep:";
  private static final String BEAN = "lockstepClient";

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

  /** It is closed with the beans, after all of them, so that they may use it to the last. */
  private static void handOver(LockstepClient client, ConfigurableApplicationContext application) {
    ConfigurableListableBeanFactory beans = application.getBeanFactory();
    beans.registerSingleton(BEAN, client);
    if (beans instanceof DefaultSingletonBeanRegistry registry) {
      registry.registerDisposableBean(BEAN, client::close);
    }
    application.addApplicationListener(new FailedStart(client, application));
  }

  /** A context that failed before it was refreshed destroys no beans. */
  private record FailedStart(LockstepClient client, ConfigurableApplicationContext application)
      implements ApplicationListener<ApplicationFailedEvent> {

    @Override
    public void onApplicationEvent(ApplicationFailedEvent event) {
      if (!application.isActive()) {
        client.close();
      }
    }
  }
}
