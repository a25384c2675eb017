/** What must stay impossible. */
@NullMarked
package lockstep.server.security;

import org.jspecify.annotations.NullMarked;
