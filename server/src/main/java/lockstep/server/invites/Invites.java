package lockstep.server.invites;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.Action;
import lockstep.server.access.OrganisationAccess;
import lockstep.server.access.OrganisationResource;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.http.ApiException;
import lockstep.server.ids.InviteId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.keys.InviteLinks;
import lockstep.server.mail.Mailer;
import lockstep.server.net.EmailAddress;
import lockstep.server.organisations.Organisations;
import lockstep.server.roles.Role;
import lockstep.server.roles.Roles;
import lockstep.server.store.Database;
import org.jooq.DSLContext;

/** The rules of invites, for those who send them. */
public final class Invites {

  private static final Duration LIFETIME = Duration.ofDays(14);

  private final Database database;
  private final InviteLinks links;
  private final Audit audit;
  private final InviteMail mail;
  private final Clock clock;

  /** Keeps invites in this database. */
  public Invites(Database database, InviteLinks links, Audit audit, Mailer mailer, Clock clock) {
    this.database = database;
    this.links = links;
    this.audit = audit;
    this.mail = new InviteMail(mailer);
    this.clock = clock;
  }

  List<Invite> list(OrganisationAccess access) {
    return database.read(db -> InviteStore.list(db, access.organisation(), clock.instant()));
  }

  /**
   * Invites somebody, and sends the e-mail.
   *
   * @param baseUrl where the invitee reaches this server
   */
  Invite create(OrganisationAccess access, NewInvite wanted, String baseUrl) {
    OrganisationId organisation = access.organisation();
    Created created =
        database.write(
            db -> {
              AccessRevision.increment(db, organisation);
              Instant now = clock.instant();
              Role role = Roles.find(db, access, wanted.role());
              requireInvitable(role);
              requireStranger(db, organisation, wanted.email(), now);
              if (wanted.hasApps()) {
                throw ApiException.badRequest(
                    "The 'apps' field is not accepted when creating an invite. Use PUT"
                        + " /v1/members/<id>/access/ after the invitee accepts and completes their"
                        + " key ceremony.");
              }
              InviteId id = new InviteId(UUID.randomUUID());
              InviteStore.deleteExpired(db, organisation, wanted.email(), now);
              InviteStore.insert(
                  db,
                  organisation,
                  id,
                  wanted.email(),
                  role.id(),
                  access.caller().account(),
                  now,
                  now.plus(LIFETIME));
              record(
                  db,
                  access,
                  AuditAction.CREATE,
                  id,
                  "Invite created",
                  Map.of("email", wanted.email().value(), "role", role.name()));
              return new Created(
                  InviteStore.find(db, organisation, id, now).orElseThrow(),
                  Organisations.name(db, organisation),
                  link(db, id, baseUrl));
            });
    mail.send(
        created.invite(),
        created.organisationName(),
        access.caller().displayName(),
        created.link());
    return created.invite();
  }

  /** The link that accepts an invite, to be handed to the invitee. */
  InviteLink link(OrganisationAccess access, String id, String baseUrl) {
    return database.write(
        db -> {
          InviteId invite = new InviteId(find(db, access, id, clock.instant()).id());
          record(db, access, AuditAction.READ, invite, "Link of invite shown", Map.of());
          return link(db, invite, baseUrl);
        });
  }

  private InviteLink link(DSLContext db, InviteId invite, String baseUrl) {
    return InviteLink.below(baseUrl, invite, links.code(db, invite));
  }

  /** Takes an invite back. */
  void delete(OrganisationAccess access, String id) {
    database.write(
        db -> {
          AccessRevision.increment(db, access.organisation());
          Instant now = clock.instant();
          Invite invite = find(db, access, id, now);
          InviteId inviteId = new InviteId(invite.id());
          InviteStore.delete(db, access.organisation(), inviteId, now);
          record(
              db,
              access,
              AuditAction.DELETE,
              inviteId,
              "Invite deleted",
              Map.of("email", invite.inviteeEmail()));
          return inviteId;
        });
  }

  private static Invite find(DSLContext db, OrganisationAccess access, String id, Instant now) {
    return InviteId.parse(id)
        .flatMap(known -> InviteStore.find(db, access.organisation(), known, now))
        .orElseThrow(() -> ApiException.notFound("Invite not found."));
  }

  private static void requireInvitable(Role role) {
    if (role.globalAccess()) {
      throw ApiException.badRequest(
          "Members cannot be invited with the '" + role.name() + "' role.");
    }
    if (role.permissions().allows(OrganisationResource.SERVICE_ACCOUNT_TOKENS, Action.CREATE)) {
      throw ApiException.badRequest(
          "Members cannot be invited with a role that allows creating service account tokens.");
    }
  }

  private static void requireStranger(
      DSLContext db, OrganisationId organisation, EmailAddress email, Instant now) {
    if (InviteStore.isMember(db, organisation, email.value())) {
      throw ApiException.conflict("'" + email + "' is already a member of this organisation.");
    }
    if (InviteStore.isInvited(db, organisation, email, now)) {
      throw ApiException.conflict("An active invite already exists for '" + email + "'.");
    }
  }

  private void record(
      DSLContext db,
      OrganisationAccess access,
      AuditAction action,
      InviteId id,
      String description,
      Map<String, ?> details) {
    audit.record(
        db,
        access.caller(),
        AuditEvent.of(action, AuditedResource.INVITE, id.value(), description, details));
  }

  /**
   * What a client asks for when it invites somebody.
   *
   * @param hasApps whether the client tries to grant access, which an invite cannot
   */
  record NewInvite(EmailAddress email, String role, boolean hasApps) {}

  private record Created(Invite invite, String organisationName, InviteLink link) {}
}
