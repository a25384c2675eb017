@NullMarked
package lockstep.server.lockbox;

import org.jspecify.annotations.NullMarked;
