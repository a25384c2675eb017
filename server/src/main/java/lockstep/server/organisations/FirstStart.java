package lockstep.server.organisations;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccessRevision;
import lockstep.server.access.AccountKind;
import lockstep.server.access.Caller;
import lockstep.server.access.DefaultRole;
import lockstep.server.access.NetworkPolicies;
import lockstep.server.access.Origin;
import lockstep.server.access.Plan;
import lockstep.server.audit.Audit;
import lockstep.server.audit.AuditAction;
import lockstep.server.audit.AuditEvent;
import lockstep.server.audit.AuditedResource;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.ids.RoleId;
import lockstep.server.ids.TokenId;
import lockstep.server.store.Database;

/** Makes the first organisation and its owner on a database that has none. */
public final class FirstStart {

  private static final String PASSWORD_ALPHABET =
      "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int PASSWORD_CHARACTERS = 24;

  /** 1 GiB for the key derivation that the protocol prescribes, and room around it. */
  private static final int CEREMONY_MEBIBYTES = 1_350;

  private final Database database;
  private final Audit audit;
  private final Clock clock;

  /** Works on this database. */
  public FirstStart(Database database, Audit audit, Clock clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
  }

  /** True if there is no organisation yet. */
  public boolean isDue() {
    return database.read(db -> !OrganisationStore.anyExists(db));
  }

  /**
   * Performs the owner's key ceremony and stores the organisation with its default roles, the owner
   * and one token of the owner. Empty if another server was quicker.
   *
   * @param password the owner's password; one is generated if empty
   * @throws FirstStartException if there is not enough memory for the ceremony
   */
  public Optional<FirstOrganisation> perform(
      String organisationName, String ownerEmail, Optional<String> password) {
    requireMemory();
    OrganisationId organisation = new OrganisationId(UUID.randomUUID());
    Owner owner =
        Owner.perform(
            organisation.toString(), ownerEmail, password.orElseGet(FirstStart::newPassword));
    // The ceremony's gigabyte is garbage now; without this the process would keep it.
    System.gc();
    return database.write(
        db -> {
          if (!OrganisationStore.claimFirst(db, organisation)) {
            return Optional.empty();
          }
          Instant now = clock.instant();
          OrganisationStore.insertOrganisation(db, organisation, organisationName, now);
          Map<DefaultRole, RoleId> roles =
              OrganisationStore.insertDefaultRoles(db, organisation, now);
          AccountId account =
              OrganisationStore.insertMember(
                  db,
                  organisation,
                  Objects.requireNonNull(roles.get(DefaultRole.OWNER)),
                  owner,
                  now);
          TokenId token = OrganisationStore.insertToken(db, organisation, account, owner, now);
          Caller caller = caller(organisation, account, token, ownerEmail);
          audit.record(
              db,
              caller,
              AuditEvent.of(
                  AuditAction.CREATE,
                  AuditedResource.ORGANISATION,
                  organisation.value(),
                  "Organisation created at first start",
                  Map.of("name", organisationName)));
          return Optional.of(
              new FirstOrganisation(
                  caller,
                  organisationName,
                  ownerEmail,
                  owner.password(),
                  owner.recoveryPhrase(),
                  owner.token()));
        });
  }

  private static void requireMemory() {
    long available = Runtime.getRuntime().maxMemory() >> 20;
    if (available < CEREMONY_MEBIBYTES) {
      throw new FirstStartException(
          "The first start derives the owner's keys, which takes "
              + CEREMONY_MEBIBYTES
              + " MiB of memory for some seconds, and Java may use only "
              + available
              + " MiB here. Start once with more, for example with"
              + " LOCKSTEP_JAVA_OPTIONS=-Xmx1500m; later starts need far less.");
    }
  }

  private static Caller caller(
      OrganisationId organisation, AccountId account, TokenId token, String email) {
    return new Caller(
        organisation,
        Plan.FREE,
        account,
        AccountKind.MEMBER,
        email,
        token,
        DefaultRole.OWNER.permissions(),
        true,
        new NetworkPolicies(List.of(), List.of()),
        AccessRevision.UNKNOWN,
        new Origin(Optional.empty(), "lockstep", "first-start"));
  }

  private static String newPassword() {
    SecureRandom random = new SecureRandom();
    return random
        .ints(PASSWORD_CHARACTERS, 0, PASSWORD_ALPHABET.length())
        .collect(
            StringBuilder::new,
            (text, index) -> text.append(PASSWORD_ALPHABET.charAt(index)),
            StringBuilder::append)
        .toString();
  }
}
