@NullMarked
package lockstep.server.environments;

import org.jspecify.annotations.NullMarked;
