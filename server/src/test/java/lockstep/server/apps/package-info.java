@NullMarked
package lockstep.server.apps;

import org.jspecify.annotations.NullMarked;
