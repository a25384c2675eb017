/** Commands that make, check and restore backups, on the database itself. */
@NullMarked
package lockstep.cli.backup;

import org.jspecify.annotations.NullMarked;
