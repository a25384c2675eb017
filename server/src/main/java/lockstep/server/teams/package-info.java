/** Teams: accounts that share roles in some apps, and access to some environments. */
@NullMarked
package lockstep.server.teams;

import org.jspecify.annotations.NullMarked;
