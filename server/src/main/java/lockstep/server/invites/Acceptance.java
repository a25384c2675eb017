package lockstep.server.invites;

import java.time.Instant;
import java.util.Optional;
import lockstep.crypto.IdentityKey;
import lockstep.server.http.Fields;
import lockstep.server.keys.MemberKeys;
import lockstep.server.tokens.NewToken;

/** What an invitee's client sends after its key ceremony. */
record Acceptance(
    String authHash,
    IdentityKey identityKey,
    MemberKeys.Wrapped wrapped,
    Optional<String> fullName,
    Optional<NewToken> token) {

  private static final int MAXIMUM_NAME = 128;

  static Acceptance read(Fields body, Instant now) {
    IdentityKey identityKey = MemberKeys.identityKey(body);
    return new Acceptance(
        MemberKeys.authHash(body, "authHash"),
        identityKey,
        MemberKeys.wrapped(body),
        body.cleanedText("fullName", MAXIMUM_NAME).filter(name -> !name.isEmpty()),
        body.fields("token").map(token -> NewToken.read(token, identityKey, now)));
  }

  @Override
  public String toString() {
    return "Acceptance[not shown]";
  }
}
