package lockstep.server.invites;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An invite, in the form in which it is answered.
 *
 * @param role null once the role is gone
 * @param invitedBy null once the sender is gone
 * @param valid whether it can be accepted
 */
record Invite(
    UUID id,
    String inviteeEmail,
    @Nullable RoleName role,
    @Nullable Sender invitedBy,
    Instant createdAt,
    Instant expiresAt,
    boolean valid) {

  /** The role that the invitee is to have. */
  record RoleName(UUID id, String name) {}

  /** Who sent the invite: a member has an e-mail address, a service account a name. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Sender(String type, @Nullable String email, @Nullable String name) {

    static Sender member(String email) {
      return new Sender("member", email, null);
    }

    static Sender serviceAccount(String name) {
      return new Sender("service_account", null, name);
    }
  }
}
