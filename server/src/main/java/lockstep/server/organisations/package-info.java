/** Organisations, and the first one with its owner. */
@NullMarked
package lockstep.server.organisations;

import org.jspecify.annotations.NullMarked;
