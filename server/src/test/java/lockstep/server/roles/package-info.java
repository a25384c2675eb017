@NullMarked
package lockstep.server.roles;

import org.jspecify.annotations.NullMarked;
