@NullMarked
package lockstep.server.members;

import org.jspecify.annotations.NullMarked;
