@NullMarked
package lockstep.server.health;

import org.jspecify.annotations.NullMarked;
