package lockstep.server.policies;

import static lockstep.server.store.tables.Tables.ACCOUNT;
import static lockstep.server.store.tables.Tables.ACCOUNT_NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.NETWORK_POLICY;
import static lockstep.server.store.tables.Tables.ROLE;
import static lockstep.server.store.tables.Tables.SERVICE_ACCOUNT;
import static lockstep.server.store.tables.Tables.TEAM;
import static lockstep.server.store.tables.Tables.TEAM_MEMBER;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import lockstep.server.access.AccountKind;
import lockstep.server.ids.AccountId;
import lockstep.server.ids.OrganisationId;
import lockstep.server.store.tables.tables.records.NetworkPolicyRecord;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** Queries about network access policies. */
final class PolicyStore {

  private static final String SEPARATOR = ",";

  private PolicyStore() {}

  static List<Policy> list(DSLContext db, OrganisationId organisation) {
    return db.selectFrom(NETWORK_POLICY)
        .where(NETWORK_POLICY.ORGANISATION_ID.eq(organisation.value()))
        .orderBy(NETWORK_POLICY.CREATED_AT.desc(), NETWORK_POLICY.ID.desc())
        .fetch(PolicyStore::toPolicy);
  }

  static List<Policy> listOf(DSLContext db, OrganisationId organisation, AccountId account) {
    return db.selectFrom(NETWORK_POLICY)
        .where(NETWORK_POLICY.ORGANISATION_ID.eq(organisation.value()))
        .and(
            NETWORK_POLICY.ID.in(
                db.select(ACCOUNT_NETWORK_POLICY.NETWORK_POLICY_ID)
                    .from(ACCOUNT_NETWORK_POLICY)
                    .where(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID.eq(account.value()))))
        .orderBy(NETWORK_POLICY.CREATED_AT.desc(), NETWORK_POLICY.ID.desc())
        .fetch(PolicyStore::toPolicy);
  }

  static Optional<Policy> find(DSLContext db, OrganisationId organisation, UUID policy) {
    return db.selectFrom(NETWORK_POLICY)
        .where(is(organisation, policy))
        .fetchOptional(PolicyStore::toPolicy);
  }

  static void insert(DSLContext db, OrganisationId organisation, Policy policy) {
    db.insertInto(NETWORK_POLICY)
        .set(NETWORK_POLICY.ID, policy.id())
        .set(NETWORK_POLICY.ORGANISATION_ID, organisation.value())
        .set(NETWORK_POLICY.NAME, policy.name())
        .set(NETWORK_POLICY.ALLOWED_IPS, String.join(SEPARATOR, policy.allowedIps()))
        .set(NETWORK_POLICY.IS_GLOBAL, policy.isGlobal())
        .set(NETWORK_POLICY.CREATED_AT, policy.createdAt())
        .set(NETWORK_POLICY.UPDATED_AT, policy.updatedAt())
        .execute();
  }

  static void update(DSLContext db, OrganisationId organisation, Policy policy) {
    db.update(NETWORK_POLICY)
        .set(NETWORK_POLICY.NAME, policy.name())
        .set(NETWORK_POLICY.ALLOWED_IPS, String.join(SEPARATOR, policy.allowedIps()))
        .set(NETWORK_POLICY.IS_GLOBAL, policy.isGlobal())
        .set(NETWORK_POLICY.UPDATED_AT, policy.updatedAt())
        .where(is(organisation, policy.id()))
        .execute();
  }

  static void delete(DSLContext db, OrganisationId organisation, UUID policy) {
    db.deleteFrom(NETWORK_POLICY).where(is(organisation, policy)).execute();
  }

  /** Makes these the policies of an account, and no others. */
  static void attach(
      DSLContext db, OrganisationId organisation, AccountId account, List<Policy> policies) {
    db.deleteFrom(ACCOUNT_NETWORK_POLICY)
        .where(ACCOUNT_NETWORK_POLICY.ORGANISATION_ID.eq(organisation.value()))
        .and(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID.eq(account.value()))
        .execute();
    for (Policy policy : policies) {
      db.insertInto(ACCOUNT_NETWORK_POLICY)
          .set(ACCOUNT_NETWORK_POLICY.ACCOUNT_ID, account.value())
          .set(ACCOUNT_NETWORK_POLICY.NETWORK_POLICY_ID, policy.id())
          .set(ACCOUNT_NETWORK_POLICY.ORGANISATION_ID, organisation.value())
          .execute();
    }
  }

  /** Whether this member has global access; empty if the organisation has no such member. */
  static Optional<Boolean> member(DSLContext db, OrganisationId organisation, AccountId member) {
    return db.select(ROLE.GLOBAL_ACCESS)
        .from(ACCOUNT)
        .leftJoin(ROLE)
        .on(ROLE.ID.eq(ACCOUNT.ROLE_ID))
        .where(isLive(organisation, member, AccountKind.MEMBER))
        .fetchOptional(row -> Boolean.TRUE.equals(row.value1()));
  }

  /** The team that owns this service account, or none; empty if there is no such account. */
  static Optional<Optional<UUID>> serviceAccountTeam(
      DSLContext db, OrganisationId organisation, AccountId account) {
    return db.select(SERVICE_ACCOUNT.TEAM_ID)
        .from(ACCOUNT)
        .join(SERVICE_ACCOUNT)
        .on(SERVICE_ACCOUNT.ID.eq(ACCOUNT.ID))
        .where(isLive(organisation, account, AccountKind.SERVICE_ACCOUNT))
        .fetchOptional(row -> Optional.ofNullable(row.value1()));
  }

  /** Whether the account owns the team or belongs to it. */
  static boolean isOfTeam(
      DSLContext db, OrganisationId organisation, UUID team, AccountId account) {
    return db.fetchExists(
        db.selectOne()
            .from(TEAM)
            .leftJoin(TEAM_MEMBER)
            .on(TEAM_MEMBER.TEAM_ID.eq(TEAM.ID).and(TEAM_MEMBER.ACCOUNT_ID.eq(account.value())))
            .where(TEAM.ORGANISATION_ID.eq(organisation.value()))
            .and(TEAM.ID.eq(team))
            .and(TEAM.DELETED_AT.isNull())
            .and(TEAM.OWNER_ID.eq(account.value()).or(TEAM_MEMBER.ACCOUNT_ID.isNotNull())));
  }

  private static Condition isLive(
      OrganisationId organisation, AccountId account, AccountKind kind) {
    return ACCOUNT
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(ACCOUNT.ID.eq(account.value()))
        .and(ACCOUNT.KIND.eq(kind.storedName()))
        .and(ACCOUNT.DELETED_AT.isNull());
  }

  private static Condition is(OrganisationId organisation, UUID policy) {
    return NETWORK_POLICY
        .ORGANISATION_ID
        .eq(organisation.value())
        .and(NETWORK_POLICY.ID.eq(policy));
  }

  private static Policy toPolicy(NetworkPolicyRecord row) {
    return new Policy(
        row.getId(),
        row.getName(),
        Arrays.stream(row.getAllowedIps().split(SEPARATOR, -1)).map(String::strip).toList(),
        row.getIsGlobal(),
        row.getCreatedAt(),
        row.getUpdatedAt());
  }
}
