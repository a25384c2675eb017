package lockstep.server.audit;

import lockstep.server.store.tables.tables.records.AuditEventRecord;

/**
 * An event that has no place in its chain yet, which it gets while all others of its organisation
 * wait. What can be done before is done.
 *
 * @param digest of the content
 */
@SuppressWarnings("ArrayRecordComponent") // not compared
record PlacelessEvent(EventContent content, byte[] digest) {

  static PlacelessEvent of(EventContent content) {
    return new PlacelessEvent(content, RecordEncoding.digest(content));
  }

  /** Of a row that has no place, or does not keep the one it has. */
  static PlacelessEvent of(AuditEventRecord row) {
    return of(EventContent.of(row));
  }
}
