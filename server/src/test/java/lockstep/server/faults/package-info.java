/** What becomes of acknowledged writes when things go wrong. */
@NullMarked
package lockstep.server.faults;

import org.jspecify.annotations.NullMarked;
