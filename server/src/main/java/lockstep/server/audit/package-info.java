/** The record of who read or changed what. Every feature writes to it through one door. */
@NullMarked
package lockstep.server.audit;

import org.jspecify.annotations.NullMarked;
