/** Personal access tokens: made by members' clients, kept as digests. */
@NullMarked
package lockstep.server.tokens;

import org.jspecify.annotations.NullMarked;
