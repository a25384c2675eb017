package lockstep.server.access;

import static lockstep.server.store.tables.Tables.ORGANISATION;

import lockstep.server.ids.OrganisationId;
import org.jooq.DSLContext;

/**
 * Counts the changes that could alter who may do what in an organisation. Whoever makes such a
 * change increments it first, in the same transaction. Its present use is the row lock, which puts
 * all such changes of an organisation in one order; nobody reads the counter yet. It is what a
 * cache of permissions will compare.
 */
public final class AccessRevision {

  private AccessRevision() {}

  /** Grows the counter by one and holds its row until the transaction ends. */
  public static void increment(DSLContext db, OrganisationId organisation) {
    db.update(ORGANISATION)
        .set(ORGANISATION.ACCESS_REVISION, ORGANISATION.ACCESS_REVISION.plus(1))
        .where(ORGANISATION.ID.eq(organisation.value()))
        .execute();
  }
}
