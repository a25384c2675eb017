@NullMarked
package lockstep.server.teams;

import org.jspecify.annotations.NullMarked;
