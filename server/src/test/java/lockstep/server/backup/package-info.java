/** Tests of backups. */
@NullMarked
package lockstep.server.backup;

import org.jspecify.annotations.NullMarked;
