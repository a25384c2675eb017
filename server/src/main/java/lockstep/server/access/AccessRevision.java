package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ORGANISATION;

import lockstep.server.ids.OrganisationId;
import lockstep.server.store.Database;
import lockstep.server.store.GrowingNumber;
import org.jooq.DSLContext;

/**
 * Counts the changes that could alter who may do what in an organisation. Whoever makes such a
 * change increments it first, in the same transaction, whose row lock puts all such changes of an
 * organisation in one order. What is remembered about callers and their permissions is used only if
 * the counter still stands where it stood, so that what is taken away is gone for the next request
 * on every server.
 */
public final class AccessRevision {

  /** Of callers about whom nothing may be remembered. */
  public static final long UNKNOWN = -1;

  private static final String CURRENT = "select access_revision from organisation where id = ?";

  private AccessRevision() {}

  /** Where the counter stands; {@link #UNKNOWN} if there is no such organisation any more. */
  public static long current(Database database, OrganisationId organisation) {
    return database.readOne(CURRENT, row -> row.number(1), organisation.value()).orElse(UNKNOWN);
  }

  /** The same as this transaction sees it. */
  public static long current(DSLContext db, OrganisationId organisation) {
    return db.select(ORGANISATION.ACCESS_REVISION)
        .from(ORGANISATION)
        .where(ORGANISATION.ID.eq(organisation.value()))
        .fetchOptional(ORGANISATION.ACCESS_REVISION)
        .orElse(UNKNOWN);
  }

  /**
   * Grows the counter and holds its row until the transaction ends. It grows by a random number, so
   * that a change that a failover of the database has lost is not taken for the one that follows.
   */
  public static void increment(DSLContext db, OrganisationId organisation) {
    db.update(ORGANISATION)
        .set(ORGANISATION.ACCESS_REVISION, ORGANISATION.ACCESS_REVISION.plus(GrowingNumber.step()))
        .where(ORGANISATION.ID.eq(organisation.value()))
        .execute();
  }
}
