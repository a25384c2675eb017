package lockstep.spring;

import java.util.List;
import java.util.Objects;
import lockstep.client.LockstepClient;
import lockstep.client.NotFoundException;
import lockstep.client.RateLimitedException;
import lockstep.client.UnavailableException;
import org.springframework.boot.context.config.ConfigData;
import org.springframework.boot.context.config.ConfigDataLoader;
import org.springframework.boot.context.config.ConfigDataLoaderContext;
import org.springframework.boot.context.config.ConfigDataResourceNotFoundException;

/**
 * Reads the secrets of a location. What is optional may be missing, and the server may be down; a
 * token that is refused is a mistake all the same.
 */
final class LockstepConfigDataLoader implements ConfigDataLoader<LockstepResource> {

  @Override
  public ConfigData load(ConfigDataLoaderContext context, LockstepResource resource) {
    LockstepClient client =
        Objects.requireNonNull(context.getBootstrapContext().get(LockstepClient.class));
    try {
      return new ConfigData(List.of(new LockstepPropertySource(resource, resource.read(client))));
    } catch (NotFoundException | UnavailableException | RateLimitedException e) {
      if (resource.isOptional()) {
        throw new ConfigDataResourceNotFoundException(resource, e);
      }
      client.close();
      throw e;
    } catch (RuntimeException e) {
      // The application does not start, and there is no context yet that could close it.
      client.close();
      throw e;
    }
  }
}
