package lockstep.server.organisations;

import lockstep.server.ids.OrganisationId;
import org.jooq.DSLContext;

/** What other features need to know about organisations. */
public final class Organisations {

  private Organisations() {}

  /** The organisation's name. */
  public static String name(DSLContext db, OrganisationId organisation) {
    return OrganisationStore.name(db, organisation);
  }
}
