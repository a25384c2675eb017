package lockstep.server.organisations;

import static lockstep.server.store.tables.Tables.ORGANISATION;

import lockstep.server.ids.OrganisationId;
import org.jooq.DSLContext;

/** What other features need to know about organisations. */
public final class Organisations {

  private Organisations() {}

  /** The organisation's name. */
  public static String name(DSLContext db, OrganisationId organisation) {
    return db.select(ORGANISATION.NAME)
        .from(ORGANISATION)
        .where(ORGANISATION.ID.eq(organisation.value()))
        .fetchSingle()
        .value1();
  }
}
