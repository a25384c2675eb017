/** Environments: named sets of secrets of one app, each with keys of its own. */
@NullMarked
package lockstep.server.environments;

import org.jspecify.annotations.NullMarked;
