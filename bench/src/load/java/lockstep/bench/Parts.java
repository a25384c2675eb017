package lockstep.bench;

import java.util.List;
import java.util.Optional;

/**
 * What is measured on a database.
 *
 * @param load the cases, one by one, on a small database
 * @param cases only those with this text in their name
 * @param halfLoad whether also at half of the rate
 * @param profile a recording of reading 100 secrets
 * @param nodes numbers of servers on one database; only on PostgreSQL
 * @param nodeCpus the share of the processors that each of them may use; empty if all
 * @param growth how large the database grows, 1 for all; 0 for not at all
 */
record Parts(
    boolean load,
    String cases,
    boolean halfLoad,
    boolean profile,
    List<Integer> nodes,
    Optional<Double> nodeCpus,
    double growth) {

  boolean needServer() {
    return load || profile || !nodes.isEmpty() || growth > 0;
  }
}
