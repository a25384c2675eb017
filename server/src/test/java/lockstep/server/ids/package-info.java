@NullMarked
package lockstep.server.ids;

import org.jspecify.annotations.NullMarked;
