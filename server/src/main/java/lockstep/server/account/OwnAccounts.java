package lockstep.server.account;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import lockstep.crypto.IdentityKey;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.OwnAccountAccess;
import lockstep.server.access.RateDecision;
import lockstep.server.access.RateLimit;
import lockstep.server.access.SlidingWindowLimiter;
import lockstep.server.accounts.RoleName;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.auth.Passwords;
import lockstep.server.http.ApiException;
import lockstep.server.keys.MemberKeys;
import lockstep.server.store.Database;
import org.jspecify.annotations.Nullable;

/**
 * What members are told of their own accounts, and changes of their passwords. The client derives a
 * new key from the new password and wraps the keyring and the recovery phrase under it; the
 * identity key never changes, so no environment key needs wrapping again.
 *
 * <p>The two ways differ in what they prove: one the knowledge of the present password; the other,
 * for who has forgotten it, a live token and the identity key, which the client derives from the
 * recovery phrase. The server cannot tell whether it did.
 *
 * <p>The wrapped keyring is given only to who knows the password: with a token alone, nobody gets
 * something on which passwords could be tried without asking the server.
 */
public final class OwnAccounts {

  /** Attempts of one account: each costs password hashes, and may be a guess. */
  private static final RateLimit ATTEMPTS = new RateLimit(10, Duration.ofMinutes(1));

  private static final int MAXIMUM_ACCOUNTS = 10_000;

  private final Database database;
  private final Audit audit;
  private final Passwords passwords;
  private final Clock clock;
  private final SlidingWindowLimiter<UUID> attempts;

  /**
   * Works on this database.
   *
   * @param nanoTime a clock that never goes back
   */
  public OwnAccounts(
      Database database, Audit audit, Passwords passwords, Clock clock, LongSupplier nanoTime) {
    this.database = database;
    this.audit = audit;
    this.passwords = passwords;
    this.clock = clock;
    this.attempts = new SlidingWindowLimiter<>(MAXIMUM_ACCOUNTS, nanoTime);
  }

  Description describe(OwnAccountAccess access) {
    return database.read(db -> OwnAccountStore.describe(db, access));
  }

  /** What the member's password opens; given to nobody who does not know it. */
  Keyring keyring(OwnAccountAccess access, String authHash) {
    admit(access);
    OwnAccountStore.OwnAccount account = find(access);
    requirePassword(account, authHash);
    MemberKeys.Wrapped wrapped =
        account
            .wrapped()
            .orElseThrow(() -> ApiException.badRequest("Your account has no keys yet."));
    return database.write(
        db -> {
          audit.record(
              db,
              access.caller(),
              AuditEvent.of(
                  AuditAction.READ,
                  AuditedResource.ACCOUNT,
                  access.member().value(),
                  "Wrapped keyring read",
                  Map.of()));
          return new Keyring(wrapped.keyring(), wrapped.recovery());
        });
  }

  void changePassword(
      OwnAccountAccess access,
      String currentAuthHash,
      String newAuthHash,
      MemberKeys.Wrapped wrapped) {
    admit(access);
    OwnAccountStore.OwnAccount account = find(access);
    requirePassword(account, currentAuthHash);
    replace(access, account, newAuthHash, wrapped, "Password changed");
  }

  private void requirePassword(OwnAccountStore.OwnAccount account, String authHash) {
    String stored =
        account
            .passwordHash()
            .orElseThrow(
                () -> ApiException.badRequest("You sign in without a password of this server."));
    if (!passwords.verify(authHash, stored)) {
      throw ApiException.forbidden("The current password is wrong.");
    }
  }

  void recover(
      OwnAccountAccess access,
      IdentityKey identityKey,
      String newAuthHash,
      MemberKeys.Wrapped wrapped) {
    admit(access);
    OwnAccountStore.OwnAccount account = find(access);
    if (!account.identityKey().map(IdentityKey::parse).filter(identityKey::equals).isPresent()) {
      throw ApiException.forbidden(
          "'identityKey' is not your identity key: the recovery phrase is of another account.");
    }
    replace(access, account, newAuthHash, wrapped, "Password replaced by recovery phrase");
  }

  private void admit(OwnAccountAccess access) {
    if (attempts.request(access.member().value(), ATTEMPTS)
        instanceof RateDecision.Throttled throttled) {
      throw ApiException.tooManyRequests(throttled.retryAfterSeconds());
    }
  }

  private OwnAccountStore.OwnAccount find(OwnAccountAccess access) {
    return database.read(db -> OwnAccountStore.find(db, access));
  }

  private void replace(
      OwnAccountAccess access,
      OwnAccountStore.OwnAccount account,
      String newAuthHash,
      MemberKeys.Wrapped wrapped,
      String description) {
    String passwordHash = passwords.hash(newAuthHash);
    database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          if (OwnAccountStore.hasOtherKeys(db, access, account.person())) {
            throw ApiException.conflict(
                "You are a member of several organisations with this password, and the keys of the"
                    + " others would stay under the old one.");
          }
          if (!OwnAccountStore.updatePassword(db, account, passwordHash, clock.instant())) {
            throw ApiException.conflict("Your password changed in the meantime. Try again.");
          }
          OwnAccountStore.updateKeyring(db, access, wrapped);
          audit.record(
              db,
              access.caller(),
              AuditEvent.of(
                  AuditAction.UPDATE,
                  AuditedResource.ACCOUNT,
                  access.member().value(),
                  description,
                  Map.of()));
          return account;
        });
  }

  /**
   * A member's own account, in the form in which it is answered.
   *
   * @param id of the membership
   * @param email the salt of whatever a client derives from the password
   */
  record Description(
      UUID id,
      String email,
      @Nullable String fullName,
      @Nullable RoleName role,
      OrganisationName organisation,
      @Nullable String identityKey) {}

  /** The organisation, as the answer mentions it. */
  record OrganisationName(UUID id, String name) {}

  /** What the password opens, in the form in which it is answered. */
  record Keyring(String wrappedKeyring, String wrappedRecovery) {

    @Override
    public String toString() {
      return "Keyring[not shown]";
    }
  }
}
