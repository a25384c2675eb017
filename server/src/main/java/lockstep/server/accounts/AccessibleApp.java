package lockstep.server.accounts;

import java.util.List;
import java.util.UUID;

/**
 * An app that an account is individually listed on.
 *
 * @param environments those that the account can open, for whatever reason
 */
public record AccessibleApp(UUID id, String name, List<AccessibleEnvironment> environments) {

  /** Keeps a copy of the list. */
  public AccessibleApp {
    environments = List.copyOf(environments);
  }

  /** An environment that an account can open. */
  public record AccessibleEnvironment(UUID id, String name, String envType) {}
}
