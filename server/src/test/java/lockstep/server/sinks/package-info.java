@NullMarked
package lockstep.server.sinks;

import org.jspecify.annotations.NullMarked;
