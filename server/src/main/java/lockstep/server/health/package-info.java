/** Is the server alive, and can it serve? */
@NullMarked
package lockstep.server.health;

import org.jspecify.annotations.NullMarked;
