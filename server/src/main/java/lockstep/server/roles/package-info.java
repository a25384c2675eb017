/** Roles: what the accounts of an organisation may do. */
@NullMarked
package lockstep.server.roles;

import org.jspecify.annotations.NullMarked;
