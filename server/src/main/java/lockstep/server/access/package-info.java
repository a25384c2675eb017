/** Who may do what, from where, how often: roles, permissions, network policies, rate limits. */
@NullMarked
package lockstep.server.access;

import org.jspecify.annotations.NullMarked;
