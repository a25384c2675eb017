/** Changing the server key, while servers run. */
@NullMarked
package lockstep.server.serverkeys;

import org.jspecify.annotations.NullMarked;
