package lockstep.client;

import java.util.List;

/**
 * An app of which the token opens an environment.
 *
 * @param id id
 * @param name name; several apps may have the same
 * @param serverCanDecrypt whether the server holds keys of it too (server-side encryption), as far
 *     as it says; legacy service tokens are never told
 * @param environments those that the token opens, in the order of the server
 */
public record App(
    String id, String name, boolean serverCanDecrypt, List<EnvironmentInfo> environments) {

  /** Keeps a copy of the list. */
  public App {
    environments = List.copyOf(environments);
  }
}
