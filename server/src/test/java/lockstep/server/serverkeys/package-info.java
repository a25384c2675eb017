@NullMarked
package lockstep.server.serverkeys;

import org.jspecify.annotations.NullMarked;
