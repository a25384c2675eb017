/** The conventions that every route keeps, over real HTTP. */
@NullMarked
package lockstep.server.edge;

import org.jspecify.annotations.NullMarked;
