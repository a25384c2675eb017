/** The members of an organisation, their roles, and the apps they reach. */
@NullMarked
package lockstep.server.members;

import org.jspecify.annotations.NullMarked;
