package lockstep.server;

import java.time.Clock;
import java.util.function.LongSupplier;
import lockstep.server.access.Access;
import lockstep.server.access.Caller;
import lockstep.server.access.DecisionObserver;
import lockstep.server.account.OwnAccountRoutes;
import lockstep.server.account.OwnAccounts;
import lockstep.server.accounts.AccountReach;
import lockstep.server.apps.AppEncryption;
import lockstep.server.apps.Apps;
import lockstep.server.apps.AppsRoutes;
import lockstep.server.apps.EndToEndAppsRoutes;
import lockstep.server.audit.Audit;
import lockstep.server.audit.RefusedStrangers;
import lockstep.server.auditlog.AuditLog;
import lockstep.server.auditlog.AuditLogRoutes;
import lockstep.server.auth.AnonymousAdmission;
import lockstep.server.auth.Passwords;
import lockstep.server.config.ServerConfiguration;
import lockstep.server.environmentkeys.ClientRotation;
import lockstep.server.environmentkeys.ClientRotationRoutes;
import lockstep.server.environmentkeys.EnvironmentKeyRotation;
import lockstep.server.environmentkeys.EnvironmentKeysRoutes;
import lockstep.server.environments.EndToEndEnvironments;
import lockstep.server.environments.EndToEndEnvironmentsRoutes;
import lockstep.server.environments.Environments;
import lockstep.server.environments.EnvironmentsRoutes;
import lockstep.server.health.HealthRoutes;
import lockstep.server.health.Readiness;
import lockstep.server.http.Router;
import lockstep.server.invites.InviteAcceptance;
import lockstep.server.invites.InviteAcceptanceRoutes;
import lockstep.server.invites.Invites;
import lockstep.server.invites.InvitesRoutes;
import lockstep.server.keys.EnvironmentGrants;
import lockstep.server.keys.EnvironmentKeyring;
import lockstep.server.keys.InviteLinks;
import lockstep.server.keys.ServerKeys;
import lockstep.server.keys.ServiceAccountKeyrings;
import lockstep.server.lockbox.LockboxOpening;
import lockstep.server.lockbox.LockboxRoutes;
import lockstep.server.lockbox.Lockboxes;
import lockstep.server.mail.Mailer;
import lockstep.server.members.Members;
import lockstep.server.members.MembersRoutes;
import lockstep.server.openapi.OpenApiRoutes;
import lockstep.server.organisations.Ownership;
import lockstep.server.organisations.OwnershipRoutes;
import lockstep.server.policies.Policies;
import lockstep.server.policies.PoliciesRoutes;
import lockstep.server.protocol.HeldKeys;
import lockstep.server.protocol.ProtocolRoutes;
import lockstep.server.recipients.Recipients;
import lockstep.server.recipients.RecipientsRoutes;
import lockstep.server.roles.Roles;
import lockstep.server.roles.RolesRoutes;
import lockstep.server.secrets.EncryptedSecrets;
import lockstep.server.secrets.EnvironmentHistory;
import lockstep.server.secrets.EnvironmentHistoryRoutes;
import lockstep.server.secrets.EnvironmentRollback;
import lockstep.server.secrets.HistoryRoutes;
import lockstep.server.secrets.SecretHistory;
import lockstep.server.secrets.SecretSnapshots;
import lockstep.server.secrets.Secrets;
import lockstep.server.secrets.SecretsRoutes;
import lockstep.server.serviceaccounts.ServiceAccountTokens;
import lockstep.server.serviceaccounts.ServiceAccounts;
import lockstep.server.serviceaccounts.ServiceAccountsRoutes;
import lockstep.server.store.Database;
import lockstep.server.teams.TeamMembership;
import lockstep.server.teams.Teams;
import lockstep.server.teams.TeamsRoutes;
import lockstep.server.tokens.PersonalTokens;
import lockstep.server.tokens.PersonalTokensRoutes;

/** Every feature of the server, wired by hand, and the routes that lead to them. */
final class Features {

  private final Router<Caller> router;

  Features(
      ServerConfiguration configuration,
      String version,
      Database database,
      Readiness readiness,
      ServerKeys serverKeys,
      Audit audit,
      RefusedStrangers refusals,
      Mailer mailer,
      Clock clock,
      DecisionObserver observer) {
    LongSupplier nanoTime = System::nanoTime;
    Access access = new Access(database, observer);
    EnvironmentKeyring keyring = new EnvironmentKeyring(serverKeys);
    EnvironmentGrants grants = new EnvironmentGrants(database, serverKeys, clock);
    Environments environments = new Environments(database, keyring, grants, audit, clock);
    EndToEndEnvironments endToEnd =
        new EndToEndEnvironments(database, environments, keyring, grants, clock);
    Apps apps = new Apps(database, environments, endToEnd, audit, clock);
    AccountReach reach = new AccountReach(grants, clock);
    ServiceAccountKeyrings keyrings = new ServiceAccountKeyrings(serverKeys);
    ServiceAccountTokens serviceAccountTokens =
        new ServiceAccountTokens(database, keyrings, audit, clock);
    ServiceAccounts serviceAccounts =
        new ServiceAccounts(database, reach, grants, keyrings, serviceAccountTokens, audit, clock);
    Passwords passwords = new Passwords(configuration.limits().maxConcurrentRequests());
    InviteLinks inviteLinks = new InviteLinks(serverKeys);

    AnonymousAdmission strangers =
        new AnonymousAdmission(configuration.rateLimits().forAnonymous(), nanoTime);

    Router.Builder<Caller> routes = Router.builder();
    new HealthRoutes(version, readiness).addTo(routes);
    new OpenApiRoutes(version).addTo(routes);
    new AppsRoutes(access, apps).addTo(routes);
    new EnvironmentsRoutes(access, environments).addTo(routes);
    new EnvironmentKeysRoutes(access, new EnvironmentKeyRotation(database, keyring, audit, clock))
        .addTo(routes);
    new ClientRotationRoutes(access, new ClientRotation(database, access, keyring, audit, clock))
        .addTo(routes);
    new EndToEndAppsRoutes(access, apps, new AppEncryption(database, keyring, grants, audit, clock))
        .addTo(routes);
    new EndToEndEnvironmentsRoutes(access, environments, endToEnd).addTo(routes);
    new RecipientsRoutes(access, new Recipients(database, access, keyring, grants, audit))
        .addTo(routes);
    SecretSnapshots snapshots = new SecretSnapshots(keyring);
    new SecretsRoutes(access, new Secrets(database, keyring, snapshots, access, audit, clock))
        .addTo(routes);
    new HistoryRoutes(access, new SecretHistory(database, keyring, audit, clock)).addTo(routes);
    new EnvironmentHistoryRoutes(
            access,
            new EnvironmentHistory(database, keyring, audit),
            new EnvironmentRollback(database, audit, clock))
        .addTo(routes);
    new ProtocolRoutes(
            access,
            new HeldKeys(database),
            new EncryptedSecrets(database, keyring, snapshots, audit, clock))
        .addTo(routes);
    new MembersRoutes(access, new Members(database, reach, audit, clock)).addTo(routes);
    new ServiceAccountsRoutes(access, serviceAccounts, serviceAccountTokens).addTo(routes);
    new TeamsRoutes(
            access,
            new Teams(database, grants, serviceAccounts, audit, clock),
            new TeamMembership(database, grants, audit, clock))
        .addTo(routes);
    new RolesRoutes(access, new Roles(database, audit, clock)).addTo(routes);
    new InvitesRoutes(
            access,
            new Invites(database, inviteLinks, audit, mailer, clock),
            configuration.publicUrl())
        .addTo(routes);
    new InviteAcceptanceRoutes(
            strangers,
            new InviteAcceptance(
                database, inviteLinks, audit, refusals, passwords, clock, nanoTime))
        .addTo(routes);
    new PersonalTokensRoutes(access, new PersonalTokens(database, audit, clock)).addTo(routes);
    new PoliciesRoutes(access, new Policies(database, audit, clock)).addTo(routes);
    new OwnershipRoutes(access, new Ownership(database, grants, audit, clock)).addTo(routes);
    new OwnAccountRoutes(access, new OwnAccounts(database, audit, passwords, clock, nanoTime))
        .addTo(routes);
    new LockboxRoutes(
            access,
            strangers,
            new Lockboxes(database, audit, clock),
            new LockboxOpening(database, audit, refusals, clock))
        .addTo(routes);
    new AuditLogRoutes(access, new AuditLog(database, audit)).addTo(routes);
    this.router = routes.build();
  }

  Router<Caller> router() {
    return router;
  }
}
