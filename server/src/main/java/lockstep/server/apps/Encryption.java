package lockstep.server.apps;

import java.util.List;
import java.util.UUID;

/**
 * Whether the server can open an app, and what a client needs to change that.
 *
 * @param serverPublicKey what to wrap keys for, so that the server can open them
 * @param environments those that the caller reaches, in their order
 */
record Encryption(
    UUID appId,
    boolean sseEnabled,
    String serverPublicKey,
    List<EncryptedEnvironment> environments) {

  Encryption {
    environments = List.copyOf(environments);
  }

  /**
   * One environment of the app.
   *
   * @param identityKey its public key
   * @param serverHoldsKey whether there is a copy of its keys for the server
   * @param serverCanOpen whether the server could open it, by its copy or by way of a service
   *     account that has a key and whose keyring the server holds
   */
  record EncryptedEnvironment(
      UUID id,
      String name,
      String envType,
      int index,
      String identityKey,
      boolean serverHoldsKey,
      boolean serverCanOpen) {}
}
