@NullMarked
package lockstep.server.invites;

import org.jspecify.annotations.NullMarked;
