package lockstep.server.members;

import lockstep.crypto.FormatException;
import lockstep.crypto.IdentityKey;
import lockstep.server.ids.AccountId;
import org.jspecify.annotations.Nullable;

/** A member with what the rules ask about it. */
record StoredMember(
    Member member, boolean isOwner, boolean globalAccess, @Nullable String identityKey) {

  AccountId account() {
    return new AccountId(member.id());
  }

  /** Invited, but never signed in. */
  boolean isPending() {
    return identityKey == null;
  }

  /** Whether keys can be wrapped for it. */
  boolean hasUsableKey() {
    if (identityKey == null) {
      return false;
    }
    try {
      IdentityKey.parse(identityKey);
      return true;
    } catch (FormatException e) {
      return false;
    }
  }
}
