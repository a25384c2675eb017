/**
 * Backups: everything that a server keeps, in one file that either database can be restored from.
 *
 * <p>docs/operations.md says how people use them, docs/backup-format.md what is in the file.
 */
@NullMarked
package lockstep.server.backup;

import org.jspecify.annotations.NullMarked;
