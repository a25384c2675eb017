package lockstep.server.audit;

import java.util.Map;
import java.util.UUID;

/** Gets audit events out of the database, to where its operators cannot change them. */
public interface Delivery {

  /**
   * Is asked before anything is written.
   *
   * @throws AuditUnavailableException if no event could be delivered now, and that is asked for
   */
  void requireWorking();

  /**
   * Is told what was committed. Returns at once, or when it is delivered if that is asked for.
   *
   * @param newest the number of the newest event of each chain that was made longer
   * @throws AuditUnavailableException if it was not delivered
   */
  void committed(Map<UUID, Long> newest);
}
