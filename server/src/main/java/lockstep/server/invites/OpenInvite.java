package lockstep.server.invites;

import java.time.Instant;
import lockstep.server.ids.InviteId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;

/** An invite that can be accepted, as the invitee needs to know it. */
record OpenInvite(
    InviteId id,
    OrganisationId organisation,
    String organisationName,
    String email,
    RoleId role,
    String roleName,
    Instant expiresAt) {}
