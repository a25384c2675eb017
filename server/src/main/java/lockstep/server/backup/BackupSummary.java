package lockstep.server.backup;

import java.util.Map;

/**
 * What a backup holds.
 *
 * @param rows how many of each table, in the order in which they are written
 */
public record BackupSummary(BackupHeader header, Map<String, Long> rows) {

  /** How many rows there are in all. */
  public long allRows() {
    return rows.values().stream().mapToLong(Long::longValue).sum();
  }
}
