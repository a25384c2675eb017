/** What the server counts and measures, in the text format of Prometheus. */
@NullMarked
package lockstep.server.metrics;

import org.jspecify.annotations.NullMarked;
