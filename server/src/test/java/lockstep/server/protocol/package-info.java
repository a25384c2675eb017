@NullMarked
package lockstep.server.protocol;

import org.jspecify.annotations.NullMarked;
