package lockstep.server.invites;

import java.util.UUID;
import lockstep.server.ids.InviteId;

/**
 * What an invitee opens to accept an invite.
 *
 * @param code proves that its holder was given the link
 */
record InviteLink(String link, UUID id, String code) {

  /**
   * The link to a page of this server.
   *
   * @param baseUrl where the invitee reaches the server, without a slash at the end
   */
  static InviteLink below(String baseUrl, InviteId invite, String code) {
    return new InviteLink(baseUrl + "/invite/" + invite.value() + "/" + code, invite.value(), code);
  }

  @Override
  public String toString() {
    return "InviteLink[" + id + ", code not shown]";
  }
}
