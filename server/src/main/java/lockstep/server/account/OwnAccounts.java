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
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.auth.Passwords;
import lockstep.server.http.ApiException;
import lockstep.server.keys.MemberKeys;
import lockstep.server.store.Database;

/**
 * Changes of a member's password. The client derives a new key from the new password and wraps the
 * keyring and the recovery phrase under it; the identity key never changes, so no environment key
 * needs wrapping again.
 *
 * <p>The two ways differ in what they prove: one the knowledge of the present password; the other,
 * for who has forgotten it, a live token and the identity key, which the client derives from the
 * recovery phrase. The server cannot tell whether it did.
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

  void changePassword(
      OwnAccountAccess access,
      String currentAuthHash,
      String newAuthHash,
      MemberKeys.Wrapped wrapped) {
    admit(access);
    OwnAccountStore.OwnAccount account = find(access);
    String stored =
        account
            .passwordHash()
            .orElseThrow(
                () -> ApiException.badRequest("You sign in without a password of this server."));
    if (!passwords.verify(currentAuthHash, stored)) {
      throw ApiException.forbidden("The current password is wrong.");
    }
    replace(access, account, newAuthHash, wrapped, "Password changed");
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
}
