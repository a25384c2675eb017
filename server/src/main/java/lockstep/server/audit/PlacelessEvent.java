package lockstep.server.audit;

import lockstep.server.store.tables.tables.records.AuditEventRecord;

/**
 * An event that has no place in its chain yet, which it gets while all others of its organisation
 * wait. What can be done before is done.
 *
 * @param digest of the row's content
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record PlacelessEvent(AuditEventRecord row, byte[] digest) {

  /**
   * The row has to have everything but its place, and must not be changed otherwise from now on.
   */
  static PlacelessEvent of(AuditEventRecord row) {
    return new PlacelessEvent(row, RecordEncoding.digest(row));
  }
}
