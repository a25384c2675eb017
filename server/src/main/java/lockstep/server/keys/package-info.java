/**
 * The server's key and the keys of environments: who holds them, wrapped to whom. Uses {@code
 * lockstep.crypto} for every operation.
 */
@NullMarked
package lockstep.server.keys;

import org.jspecify.annotations.NullMarked;
