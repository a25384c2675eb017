@NullMarked
package lockstep.server.keys;

import org.jspecify.annotations.NullMarked;
