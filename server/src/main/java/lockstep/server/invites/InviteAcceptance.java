package lockstep.server.invites;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Origin;
import lockstep.server.access.RateDecision;
import lockstep.server.access.RateLimit;
import lockstep.server.access.SlidingWindowLimiter;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.auth.Passwords;
import lockstep.server.http.ApiException;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.InviteId;
import lockstep.server.keys.InviteLinks;
import lockstep.server.net.EmailAddress;
import lockstep.server.store.Database;
import lockstep.server.tokens.PersonalToken;
import lockstep.server.tokens.PersonalTokens;
import org.jooq.DSLContext;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jspecify.annotations.Nullable;

/**
 * The rules of invites, for those who get them. The code in the link is the invitee's credential,
 * so it takes the place of a capability here, and what cannot be accepted is not found, whatever
 * the reason.
 *
 * <p>An invite proves that its address was meant, not that its user reads the mail of that address.
 * So it never opens an existing person's account: that takes the person's password.
 */
public final class InviteAcceptance {

  /** Attempts at one invite: each can cost a password hash. */
  private static final RateLimit ATTEMPTS = new RateLimit(10, Duration.ofMinutes(1));

  private static final int MAXIMUM_INVITES = 10_000;

  /** Who tries is not known; the event is filed under the one who invited. */
  private static final String WHOEVER = "somebody with the link";

  private final Database database;
  private final InviteLinks links;
  private final Audit audit;
  private final RefusedStrangers refusals;
  private final Passwords passwords;
  private final Clock clock;
  private final SlidingWindowLimiter<UUID> attempts;

  /**
   * Works on this database.
   *
   * @param nanoTime a clock that never goes back
   */
  public InviteAcceptance(
      Database database,
      InviteLinks links,
      Audit audit,
      RefusedStrangers refusals,
      Passwords passwords,
      Clock clock,
      LongSupplier nanoTime) {
    this.database = database;
    this.links = links;
    this.audit = audit;
    this.refusals = refusals;
    this.passwords = passwords;
    this.clock = clock;
    this.attempts = new SlidingWindowLimiter<>(MAXIMUM_INVITES, nanoTime);
  }

  /** The time that tokens in an acceptance are made at. */
  Instant now() {
    return clock.instant();
  }

  /**
   * The invite of a link.
   *
   * @param code as the client sent it, if it did
   * @throws ApiException 404 if there is no such invite, or this is not its code
   */
  OpenInvite find(String id, Optional<String> code, Origin origin) {
    Optional<InviteId> known = InviteId.parse(id);
    boolean right = known.filter(invite -> links.isCode(invite, code.orElse(""))).isPresent();
    Optional<OpenInvite> open =
        known
            .filter(_ -> right)
            .flatMap(
                invite ->
                    database.read(db -> InviteStore.findForInvitee(db, invite, clock.instant())));
    if (open.isEmpty()) {
      known.ifPresent(
          invite ->
              refused(
                  invite, origin, right ? "The invite is not open any more" : "The code is wrong"));
    }
    return open.orElseThrow(InviteAcceptance::notFound);
  }

  /** Filed under the one who invited; an invite that never was belongs nowhere. */
  private void refused(InviteId invite, Origin origin, String reason) {
    database
        .read(db -> InviteStore.inviter(db, invite))
        .ifPresent(
            inviter ->
                refusals.record(
                    new RefusedStrangers.Thing(
                        AuditedResource.INVITE,
                        invite.value(),
                        inviter.organisation(),
                        AccountKind.MEMBER,
                        inviter.account(),
                        WHOEVER,
                        null),
                    origin,
                    reason));
  }

  /**
   * Lets nobody on who does not know which address the invite was sent to.
   *
   * @throws ApiException 404 as if there were no invite, or 429
   */
  void requireInvitee(OpenInvite invite, String email, Origin origin) {
    if (attempts.request(invite.id().value(), ATTEMPTS)
        instanceof RateDecision.Throttled throttled) {
      throw ApiException.tooManyRequests(throttled.retryAfterSeconds());
    }
    if (!EmailAddress.normalise(email).equals(invite.email())) {
      refused(invite.id(), origin, "The e-mail address is another one");
      throw notFound();
    }
  }

  /** Makes the invitee a member. Of several attempts at one invite, one succeeds. */
  Accepted accept(OpenInvite invite, Acceptance acceptance, Origin origin) {
    Optional<InviteeStore.Person> known =
        database.read(db -> InviteeStore.person(db, invite.email()));
    String passwordHash = passwordHash(invite, known, acceptance.authHash(), origin);
    try {
      return database.write(db -> accept(db, invite, acceptance, known, passwordHash, origin));
    } catch (IntegrityConstraintViolationException e) {
      throw overtaken();
    }
  }

  /** Slow, like all that has to do with passwords: outside any transaction. */
  private String passwordHash(
      OpenInvite invite, Optional<InviteeStore.Person> known, String authHash, Origin origin) {
    if (known.isEmpty() || (known.get().passwordHash().isEmpty() && !known.get().isMember())) {
      return passwords.hash(authHash);
    }
    String stored =
        known
            .get()
            .passwordHash()
            .orElseThrow(
                () ->
                    ApiException.forbidden(
                        "This e-mail address belongs to somebody who signs in without a"
                            + " password. Sign in that way."));
    if (!passwords.verify(authHash, stored)) {
      refused(invite.id(), origin, "The password is wrong");
      throw ApiException.forbidden(
          "This e-mail address has an account already. Accept the invite with its password.");
    }
    return stored;
  }

  private Accepted accept(
      DSLContext db,
      OpenInvite invite,
      Acceptance acceptance,
      Optional<InviteeStore.Person> known,
      String passwordHash,
      Origin origin) {
    AccessRevision.increment(db, invite.organisation());
    Instant now = clock.instant();
    OpenInvite current =
        InviteStore.findForInvitee(db, invite.id(), now).orElseThrow(InviteAcceptance::notFound);
    if (!InviteStore.accept(db, invite.organisation(), invite.id(), now)) {
      throw notFound();
    }
    if (InviteStore.isMember(db, invite.organisation(), invite.email())) {
      throw ApiException.conflict(
          "'" + invite.email() + "' is already a member of this organisation.");
    }
    InviteeStore.Person person = person(db, invite, acceptance, known, passwordHash, now);
    AccountId member = InviteeStore.insertMember(db, current, person.id(), acceptance, now);
    BiConsumer<DSLContext, AuditEvent> recorder =
        (context, event) ->
            audit.recordWithoutToken(
                context, invite.organisation(), member, invite.email(), origin, event);
    recorder.accept(
        db,
        AuditEvent.of(
            AuditAction.CREATE,
            AuditedResource.MEMBER,
            member.value(),
            "Invite accepted",
            Map.of("invite", invite.id().toString(), "role", current.roleName())));
    @Nullable PersonalToken token =
        acceptance
            .token()
            .map(made -> PersonalTokens.add(db, invite.organisation(), member, made, recorder))
            .orElse(null);
    return new Accepted(
        member.value(),
        person.username(),
        InviteeStore.fullName(db, person.id()),
        invite.email(),
        new Accepted.Named(current.role().value(), current.roleName()),
        new Accepted.Named(current.organisation().value(), current.organisationName()),
        token);
  }

  private static InviteeStore.Person person(
      DSLContext db,
      OpenInvite invite,
      Acceptance acceptance,
      Optional<InviteeStore.Person> known,
      String passwordHash,
      Instant now) {
    Optional<InviteeStore.Person> current = InviteeStore.person(db, invite.email());
    if (!current.equals(known)) {
      // Whoever changed it did so after the password was checked.
      throw overtaken();
    }
    if (current.isEmpty()) {
      return InviteeStore.insertPerson(
          db, new EmailAddress(invite.email()), acceptance.fullName(), passwordHash, now);
    }
    InviteeStore.updatePerson(db, current.get().id(), acceptance.fullName(), passwordHash, now);
    return current.get();
  }

  private static ApiException overtaken() {
    return ApiException.conflict(
        "The account of this e-mail address changed in the meantime. Try again.");
  }

  private static ApiException notFound() {
    return ApiException.notFound("Invite not found.");
  }
}
