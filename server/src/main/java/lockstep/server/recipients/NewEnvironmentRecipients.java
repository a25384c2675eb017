package lockstep.server.recipients;

import java.util.List;

/**
 * Who must get the keys of a new environment.
 *
 * @param serverPublicKey what keys are wrapped for to let the server open an app
 */
record NewEnvironmentRecipients(String serverPublicKey, List<Recipient> data) {

  NewEnvironmentRecipients {
    data = List.copyOf(data);
  }
}
