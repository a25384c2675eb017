/** Texts that members share by link, encrypted under a key that only the link has. */
@NullMarked
package lockstep.server.lockbox;

import org.jspecify.annotations.NullMarked;
