/** Typed configuration: read once, checked as a whole, never printed. */
@NullMarked
package lockstep.server.config;

import org.jspecify.annotations.NullMarked;
