/** Turns the {@code Authorization} header of a request into a caller, or refuses it. */
@NullMarked
package lockstep.server.auth;

import org.jspecify.annotations.NullMarked;
