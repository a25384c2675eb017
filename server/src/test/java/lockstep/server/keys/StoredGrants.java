package lockstep.server.keys;

import static lockstep.server.store.tables.Tables.ENVIRONMENT_GRANT;
import static lockstep.server.store.tables.Tables.ENVIRONMENT_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.selectOne;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import lockstep.server.ServerUnderTest;
import lockstep.server.testing.TestOrganisation;

/** A look behind the API at the keys of accounts and the grants behind them. */
public final class StoredGrants {

  private final ServerUnderTest server;
  private final UUID organisation;

  /** Looks at the rows of this organisation. */
  public StoredGrants(ServerUnderTest server, TestOrganisation organisation) {
    this.server = server;
    this.organisation = organisation.id();
  }

  /** The ids of the environments that an account has keys of. */
  public Set<String> environmentsOf(UUID account) {
    return server
        .database()
        .read(
            db ->
                db.select(ENVIRONMENT_KEY.ENVIRONMENT_ID)
                    .from(ENVIRONMENT_KEY)
                    .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation))
                    .and(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account))
                    .fetchSet(row -> row.value1().toString()));
  }

  /** Why an account has the key of an environment: ids of teams, and "individual". */
  public List<String> reasons(UUID account, String environment) {
    return server
        .database()
        .read(
            db ->
                db.select(ENVIRONMENT_GRANT.TEAM_ID)
                    .from(ENVIRONMENT_GRANT)
                    .join(ENVIRONMENT_KEY)
                    .on(ENVIRONMENT_KEY.ID.eq(ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID))
                    .where(ENVIRONMENT_KEY.ACCOUNT_ID.eq(account))
                    .and(ENVIRONMENT_KEY.ENVIRONMENT_ID.eq(UUID.fromString(environment)))
                    .fetch(row -> row.value1() == null ? "individual" : row.value1().toString()));
  }

  /** No key is without a grant. (That no grant is without a key the database sees to.) */
  public void assertEveryKeyHasAGrant() {
    int orphans =
        server
            .database()
            .read(
                db ->
                    db.fetchCount(
                        db.selectFrom(ENVIRONMENT_KEY)
                            .where(ENVIRONMENT_KEY.ORGANISATION_ID.eq(organisation))
                            .and(
                                notExists(
                                    selectOne()
                                        .from(ENVIRONMENT_GRANT)
                                        .where(
                                            ENVIRONMENT_GRANT.ENVIRONMENT_KEY_ID.eq(
                                                ENVIRONMENT_KEY.ID))))));
    assertThat(orphans).as("keys without a grant").isZero();
  }
}
