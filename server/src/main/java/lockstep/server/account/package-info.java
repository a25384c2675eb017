/** What members change about themselves: the password, and all that is wrapped under it. */
@NullMarked
package lockstep.server.account;

import org.jspecify.annotations.NullMarked;
