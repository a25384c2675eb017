/** Commands that read the audit log and verify it. */
@NullMarked
package lockstep.cli.audit;

import org.jspecify.annotations.NullMarked;
