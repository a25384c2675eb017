/** New keys for environments that the server can open. */
@NullMarked
package lockstep.server.environmentkeys;

import org.jspecify.annotations.NullMarked;
