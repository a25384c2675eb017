package lockstep.server.organisations;

import lockstep.crypto.Token;
import lockstep.server.access.Caller;

/**
 * The organisation that a first start made, with the owner's credentials, which exist nowhere else
 * in readable form. To be shown once.
 */
public record FirstOrganisation(
    Caller owner,
    String organisationName,
    String email,
    String password,
    String recoveryPhrase,
    Token token) {

  @Override
  public String toString() {
    return "FirstOrganisation[credentials not shown]";
  }
}
