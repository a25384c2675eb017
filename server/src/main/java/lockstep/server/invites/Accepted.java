package lockstep.server.invites;

import java.util.UUID;
import lockstep.server.tokens.PersonalToken;
import org.jspecify.annotations.Nullable;

/** What became of an invite, as its acceptance is answered. */
record Accepted(
    UUID id,
    String username,
    @Nullable String fullName,
    String email,
    Named role,
    Named organisation,
    @Nullable PersonalToken token) {

  /** Something by its id and name. */
  record Named(UUID id, String name) {}
}
