/** Apps: the containers of environments. */
@NullMarked
package lockstep.server.apps;

import org.jspecify.annotations.NullMarked;
