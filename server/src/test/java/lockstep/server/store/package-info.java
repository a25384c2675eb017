@NullMarked
package lockstep.server.store;

import org.jspecify.annotations.NullMarked;
