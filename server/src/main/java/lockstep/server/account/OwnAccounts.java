package lockstep.server.account;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import lockstep.crypto.IdentityKey;
import lockstep.crypto.RecoveryProof;
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
 * for who has forgotten it, a live token and the private identity key, which the client derives
 * from the recovery phrase and signs with.
 *
 * <p>The wrapped keyring is given only to who knows the password: with a token alone, nobody gets
 * something on which passwords could be tried without asking the server.
 */
public final class OwnAccounts {

  /** Attempts of one person: each costs password hashes, and may be a guess. */
  private static final RateLimit ATTEMPTS = new RateLimit(10, Duration.ofMinutes(1));

  /** How far a client's clock may be off, and how long a signature can be used. */
  private static final Duration SIGNATURE_LIFE = Duration.ofMinutes(10);

  private static final int MAXIMUM_PERSONS = 10_000;

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
    this.attempts = new SlidingWindowLimiter<>(MAXIMUM_PERSONS, nanoTime);
  }

  Description describe(OwnAccountAccess access) {
    return database.read(db -> OwnAccountStore.describe(db, access));
  }

  /** What the member's password opens; given to nobody who does not know it. */
  Keyring keyring(OwnAccountAccess access, String authHash) {
    OwnAccountStore.OwnAccount account = admit(access);
    requirePassword(access, account, authHash);
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
    OwnAccountStore.OwnAccount account = admit(access);
    requirePassword(access, account, currentAuthHash);
    replace(access, account, newAuthHash, wrapped, "Password changed");
  }

  private void requirePassword(
      OwnAccountAccess access, OwnAccountStore.OwnAccount account, String authHash) {
    String stored =
        account
            .passwordHash()
            .orElseThrow(
                () -> ApiException.badRequest("You sign in without a password of this server."));
    if (!passwords.verify(authHash, stored)) {
      throw refusal(access, "Password refused", "The current password is wrong.");
    }
  }

  void recover(
      OwnAccountAccess access,
      IdentityKey identityKey,
      String newAuthHash,
      MemberKeys.Wrapped wrapped,
      RecoverySignature proof) {
    OwnAccountStore.OwnAccount account = admit(access);
    if (Duration.between(proof.signedAt(), clock.instant()).abs().compareTo(SIGNATURE_LIFE) > 0) {
      throw ApiException.badRequest(
          "'signedAt' must be the present time, in milliseconds since 1970, give or take "
              + SIGNATURE_LIFE.toMinutes()
              + " minutes. Check your clock.");
    }
    if (!account.identityKey().map(IdentityKey::parse).filter(identityKey::equals).isPresent()) {
      throw refusal(
          access,
          "Recovery refused",
          "'identityKey' is not your identity key: the recovery phrase is of another account.");
    }
    RecoveryProof proven =
        new RecoveryProof(
            access.member().toString(),
            newAuthHash,
            wrapped.keyring(),
            wrapped.recovery(),
            proof.signedAt());
    if (!proven.isSignedBy(identityKey, proof.signature())) {
      throw refusal(
          access,
          "Recovery refused",
          "'signature' is not what your identity key makes of what was sent.");
    }
    replace(access, account, newAuthHash, wrapped, "Password replaced by recovery phrase");
  }

  /**
   * On record before it is answered, so that guesses can be seen: here, where no refusals of other
   * requests can crowd it out.
   */
  private ApiException refusal(OwnAccountAccess access, String description, String message) {
    audit.recordDurably(
        access.caller(),
        List.of(
            AuditEvent.of(
                AuditAction.REFUSE,
                AuditedResource.ACCOUNT,
                access.member().value(),
                description,
                Map.of())));
    return ApiException.forbidden(message).alreadyOnRecord();
  }

  /** Counts attempts by person: someone's memberships share the password that is guessed at. */
  private OwnAccountStore.OwnAccount admit(OwnAccountAccess access) {
    OwnAccountStore.OwnAccount account = database.read(db -> OwnAccountStore.find(db, access));
    if (attempts.request(account.person(), ATTEMPTS) instanceof RateDecision.Throttled throttled) {
      throw ApiException.tooManyRequests(throttled.retryAfterSeconds());
    }
    return account;
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
