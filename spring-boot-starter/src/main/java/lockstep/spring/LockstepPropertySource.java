package lockstep.spring;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import lockstep.client.SecretValues;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Secrets under their names, and found like environment variables: {@code DB_PASSWORD} is {@code
 * db.password}, too. Immutable; a refresh puts another one in its place.
 */
final class LockstepPropertySource extends SystemEnvironmentPropertySource {

  /** Spring Boot takes sources whose names end so for environment variables. */
  private static final String LIKE_ENVIRONMENT_VARIABLES = "-systemEnvironment";

  private final LockstepResource resource;

  LockstepPropertySource(LockstepResource resource, SecretValues values) {
    super(resource + LIKE_ENVIRONMENT_VARIABLES, escaped(values));
    this.resource = resource;
  }

  private static Map<String, Object> escaped(SecretValues values) {
    Map<String, Object> escaped = new HashMap<>();
    values.forEach((name, value) -> escaped.put(name, Placeholders.escaped(value)));
    return Map.copyOf(escaped);
  }

  LockstepResource resource() {
    return resource;
  }

  /** Names whose values are not the same in both; no two values have the same escaped form. */
  Set<String> differences(LockstepPropertySource other) {
    Set<String> names = new HashSet<>(source.keySet());
    names.addAll(other.source.keySet());
    names.removeIf(name -> Objects.equals(source.get(name), other.source.get(name)));
    return names;
  }

  /** The inherited one shows values while debugging. */
  @Override
  public String toString() {
    return "LockstepPropertySource[" + resource + "]";
  }
}
