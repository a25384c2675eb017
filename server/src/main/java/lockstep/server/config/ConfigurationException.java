package lockstep.server.config;

import java.io.Serial;
import java.util.List;

/** The configuration cannot be used. Carries every reason, each naming the setting. */
public final class ConfigurationException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** One sentence per problem; none holds a secret. */
  public List<String> problems() {
    return problems;
  }
}
