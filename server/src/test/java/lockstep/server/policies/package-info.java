@NullMarked
package lockstep.server.policies;

import org.jspecify.annotations.NullMarked;
