/**
 * The protocol of clients that hold the keys of their environments: which keys they get, and how
 * they read and write secrets that only they can open.
 */
@NullMarked
package lockstep.server.protocol;

import org.jspecify.annotations.NullMarked;
