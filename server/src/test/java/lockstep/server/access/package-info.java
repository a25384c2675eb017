@NullMarked
package lockstep.server.access;

import org.jspecify.annotations.NullMarked;
