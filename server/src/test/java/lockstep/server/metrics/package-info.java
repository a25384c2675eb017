@NullMarked
package lockstep.server.metrics;

import org.jspecify.annotations.NullMarked;
