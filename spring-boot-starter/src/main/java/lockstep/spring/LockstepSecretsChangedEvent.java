package lockstep.spring;

import java.io.Serial;
import java.util.Set;
import org.springframework.context.ApplicationEvent;

/**
 * Secrets changed on the server. {@code Environment.getProperty} answers with the new values from
 * now on; beans that were given the old ones keep them unless they listen to this.
 */
public final class LockstepSecretsChangedEvent extends ApplicationEvent {

  @Serial private static final long serialVersionUID = 1L;

  private final transient Set<String> names;

  LockstepSecretsChangedEvent(Object source, Set<String> names) {
    super(source);
    this.names = Set.copyOf(names);
  }

  /** Names of the secrets that were added, changed or removed, as they are on the server. */
  public Set<String> names() {
    return names == null ? Set.of() : names;
  }
}
